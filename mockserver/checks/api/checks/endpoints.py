"""Each endpoint does its job, with plain requests and with the documented ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from mockserver.checks.api.api_client import (
    AVATAR,
    MARK,
    SUCCEEDS,
    ApiClient,
    ApiObject,
    endpoint_of,
)
from mockserver.checks.api.check import DECIDED, DOCUMENTED, ApiCheck, Basis, expect, expect_equal
from mockserver.checks.api.http import form_body, multipart_body
from mockserver.contract.examples import examples
from mockserver.resources.registry import VERBS

#: Creates an object of each kind.
CREATE: dict[str, Callable[[ApiClient], ApiObject]] = {
    "contacts": lambda api: api.contact(),
    "conversations": lambda api: api.conversation(),
    "groups": lambda api: api.group(),
    "messages": lambda api: api.message(api.conversation().id),
    "attachments": lambda api: api.upload(),
}
#: An update of each kind.
UPDATES: dict[str, dict[str, Any]] = {
    "contacts": {"display_name": "Big brother"},
    "conversations": {"is_muted": True},
    "groups": {"description": "No grown-ups."},
    "messages": {"message": f"{MARK}: never mind the ladder."},
    "attachments": {"filename": f"{MARK}-2.txt"},
}
#: Attributes of a new object, by rule.
INITIAL: tuple[tuple[str, str, dict[str, Any], Basis], ...] = (
    (
        "contacts",
        "omitted attributes are null",
        {"avatar_url": None, "display_name": None, "last_active_at": None},
        DOCUMENTED,
    ),
    (
        "conversations",
        "initially not pinned, muted, archived or opened",
        {
            "is_pinned": False,
            "is_muted": False,
            "pinned_message_id": None,
            "archived_at": None,
            "last_opened_at": None,
        },
        DOCUMENTED,
    ),
    (
        "groups",
        "omitted attributes are null, and no members",
        {"description": None, "avatar_url": None, "archived_at": None, "contacts": []},
        DOCUMENTED,
    ),
    (
        "messages",
        "initially no reactions, attachments or updated_at",
        {"reactions": [], "attachments": [], "updated_at": None},
        DOCUMENTED,
    ),
    ("attachments", "initially on no message", {"message_id": None}, DECIDED),
)
#: Values that are set and then removed again, by rule.
REVERSIBLE: tuple[tuple[str, str, dict[str, Any], dict[str, Any]], ...] = (
    ("contacts", "display_name may be null", {"display_name": "Buzz"}, {"display_name": None}),
    (
        "conversations",
        "is_pinned and is_muted, set and unset",
        {"is_pinned": True, "is_muted": True},
        {"is_pinned": False, "is_muted": False},
    ),
    (
        "conversations",
        "archived_at, and null to restore",
        {"archived_at": 705106800},
        {"archived_at": None},
    ),
    (
        "groups",
        "description, avatar_url, archived_at and null",
        {"description": "No grown-ups.", "avatar_url": AVATAR, "archived_at": 705106800},
        {"description": None, "avatar_url": None, "archived_at": None},
    ),
)
#: Attributes with free text, which marks the objects of this run.
TEXTS = ("username", "name", "message")


def checks() -> Iterator[ApiCheck]:
    """Yield the checks of each endpoint by itself."""
    for path in CREATE:
        for verb in ("create", "retrieve", "list", "update", "delete"):
            run = partial(_call, path, verb)
            yield ApiCheck(endpoint_of(path, verb), SUCCEEDS, run)
        retrieve, update = endpoint_of(path, "retrieve"), endpoint_of(path, "update")
        yield ApiCheck(retrieve, "the object as it was created", partial(_as_created, path))
        yield ApiCheck(update, "the new values are returned and kept", partial(_kept, path))
        yield ApiCheck(update, "no body changes nothing", partial(_no_body, path))
        delete = endpoint_of(path, "delete")
        yield ApiCheck(delete, "the object is gone: 404", partial(_gone, path))
    for path, rule, values, basis in INITIAL:
        yield ApiCheck(endpoint_of(path, "create"), rule, partial(_initial, path, values), basis)
    for path, rule, *updates in REVERSIBLE:
        yield ApiCheck(endpoint_of(path, "update"), rule, partial(_updates, path, updates))
    for name, example in examples().items():
        if example["request"]:
            path, verb = _operation(example["request"])
            rule = f"as documented: {name}"
            yield ApiCheck(endpoint_of(path, verb), rule, partial(_replay, example))


def _call(path: str, verb: str, api: ApiClient) -> None:
    created = CREATE[path](api).id
    if verb == "retrieve":
        api.retrieve(path, created)
    elif verb == "list":
        api.page(path, limit=1)
    elif verb == "update":
        api.update(path, created, UPDATES[path])
    elif verb == "delete":
        api.delete(path, created)


def _as_created(path: str, api: ApiClient) -> None:
    created = CREATE[path](api)
    _expect_same(created, api.retrieve(path, created.id))


def _initial(path: str, values: dict[str, Any], api: ApiClient) -> None:
    created = CREATE[path](api)
    for name, value in values.items():
        expect_equal(name, created[name], value)


def _updates(path: str, updates: list[dict[str, Any]], api: ApiClient) -> None:
    created = CREATE[path](api).id
    for update in updates:
        updated = api.update(path, created, update)
        for name, value in update.items():
            expect_equal(name, updated[name], value)


def _kept(path: str, api: ApiClient) -> None:
    created = CREATE[path](api).id
    updated = api.update(path, created, UPDATES[path])
    for item in (updated, api.retrieve(path, created)):
        for name, value in UPDATES[path].items():
            expect_equal(name, item[name], value)


def _no_body(path: str, api: ApiClient) -> None:
    created = CREATE[path](api)
    _expect_same(created, api.put(path, created.id, None))


def _expect_same(created: ApiObject, item: ApiObject) -> None:
    values = item.valid_values()
    for name, value in created.valid_values().items():
        expect_equal(name, values[name], value)


def _gone(path: str, api: ApiClient) -> None:
    created = CREATE[path](api).id
    api.delete(path, created)
    api.expect_gone(path, created)


# The documented requests


def _operation(request: dict[str, Any]) -> tuple[str, str]:
    _, _, path, *rest = request["path"].split("/")
    verbs = ("retrieve", "update", "delete") if rest else ("list", "create")
    return path, next(verb for verb in verbs if VERBS[verb] == request["method"])


def _replay(example: dict[str, Any], api: ApiClient) -> None:
    """Send a documented request with ids of this run; its values must be in the response."""
    request, (path, verb) = example["request"], _operation(example["request"])
    if verb == "list":
        return _replay_list(api, path, dict(request["query"]))
    fields = [_replace_ids(api, name, value) for name, value in request.get("form", ())]
    if verb == "create":
        files = [
            (name, value.replace("../", f"../{MARK}-")) for name, value in request.get("files", ())
        ]
        body = multipart_body(files) if files else form_body(fields)
        item = api.post(path, body, dict(fields))
        if files:
            expect_equal("filename", item["filename"], files[0][1].rpartition("/")[2])
    else:
        created = CREATE[path](api).id
        if verb == "delete":
            return api.delete(path, created)
        body = form_body(fields)
        item = api.put(path, created, body) if fields else api.retrieve(path, created)
        expect_equal("id", item.id, created)
    for name, value in fields:
        root, *keys = re.findall(r"[^\[\]]+", name)
        expected: Any = [{keys[0]: [value]}] if keys else True if value == "true" else value
        expect_equal(root, item[root], expected)
    return None


def _replace_ids(api: ApiClient, name: str, value: str) -> tuple[str, str]:
    if name in TEXTS:
        return name, f"{MARK} {value}"
    paths = {"contact_id": "contacts", "conversation_id": "conversations"}
    return name, CREATE[paths[name]](api).id if name in paths else value


def _replay_list(api: ApiClient, path: str, query: dict[str, str]) -> None:
    if "conversation_id" in query:
        query["conversation_id"], [expected] = api.messages(1)
        if path == "attachments":
            expected = api.upload(fields=[("message_id", expected)]).id
        return expect_equal("the page", api.ids(path, **query), [expected])
    if "starting_after" in query:
        first = api.conversation().id
        query["starting_after"] = api.conversation().id
        return expect(first in api.ids(path, **query), "the page lacks the next object")
    _, items = api.page(path, **query)
    return expect(len(items) <= int(query["limit"]), f"{len(items)} objects")
