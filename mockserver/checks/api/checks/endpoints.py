"""Each endpoint does its job, with plain requests and with the documented ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mockserver.checks.api.api_client import (
    AVATAR,
    MARK,
    SUCCEEDS,
    ApiCheck,
    ApiClient,
    ApiObject,
    endpoint_of,
)
from mockserver.checks.api.http import form_body, multipart_body
from mockserver.checks.api.results import DECIDED, DOCUMENTED, expect, expect_equal
from mockserver.contract.examples import examples
from mockserver.resources.registry import VERBS

NOW = 705106800
#: A valid update of each kind of object.
UPDATES: dict[str, dict[str, Any]] = {
    "contacts": {"display_name": "Big brother"},
    "conversations": {"is_muted": True},
    "groups": {"description": "No grown-ups."},
    "messages": {"message": f"{MARK}: never mind the ladder."},
    "attachments": {"filename": f"{MARK}-2.txt"},
}
#: A rule about the attributes of a new object that are null, false or empty.
INITIAL: dict[str, tuple[str, dict[str, Any]]] = {
    "contacts": (
        "omitted attributes are null",
        dict.fromkeys(("avatar_url", "display_name", "last_active_at")),
    ),
    "conversations": (
        "initially not pinned, muted, archived or opened",
        {
            **dict.fromkeys(("is_pinned", "is_muted"), False),
            **dict.fromkeys(("pinned_message_id", "archived_at", "last_opened_at")),
        },
    ),
    "groups": (
        "omitted attributes are null, and no members",
        {**dict.fromkeys(("description", "avatar_url", "archived_at")), "contacts": []},
    ),
    "messages": (
        "initially no reactions, attachments or updated_at",
        {"reactions": [], "attachments": [], "updated_at": None},
    ),
    "attachments": ("initially on no message", {"message_id": None}),
}
#: Values that an update sets and another one removes again, by rule.
REVERSIBLE: tuple[tuple[str, str, dict[str, Any], Any], ...] = (
    ("contacts", "display_name may be null", {"display_name": "Buzz"}, None),
    (
        "conversations",
        "is_pinned and is_muted, set and unset",
        {"is_pinned": True, "is_muted": True},
        False,
    ),
    ("conversations", "archived_at, and null to restore", {"archived_at": NOW}, None),
    (
        "groups",
        "description, avatar_url, archived_at and null",
        {"description": "No grown-ups.", "avatar_url": AVATAR, "archived_at": NOW},
        None,
    ),
)
#: Attributes with free text, which marks the objects of this run.
TEXTS = ("username", "name", "message")


def checks() -> Iterator[ApiCheck]:
    """Yield the checks of each endpoint by itself."""
    for path in UPDATES:
        for verb in ("create", "retrieve", "list", "update", "delete"):
            yield ApiCheck(endpoint_of(path, verb), SUCCEEDS, DOCUMENTED, _call, (path, verb))
        for verb, rule, run in (
            ("retrieve", "the object as it was created", _as_created),
            ("update", "the new values are returned and kept", _kept),
            ("update", "no body changes nothing", _no_body),
            ("delete", "the object is gone: 404", _gone),
        ):
            yield ApiCheck(endpoint_of(path, verb), rule, DOCUMENTED, run, (path,))
    for path, (rule, values) in INITIAL.items():
        basis = DECIDED if path == "attachments" else DOCUMENTED
        yield ApiCheck(endpoint_of(path, "create"), rule, basis, _initial, (path, values))
    for path, rule, values, empty in REVERSIBLE:
        updates = (values, dict.fromkeys(values, empty))
        yield ApiCheck(endpoint_of(path, "update"), rule, DOCUMENTED, _updates, (path, updates))
    for name, example in examples().items():
        if request := example["request"]:
            _, _, path, *rest = request["path"].split("/")
            verbs = ("retrieve", "update", "delete") if rest else ("list", "create")
            verb = next(verb for verb in verbs if VERBS[verb] == request["method"])
            args, rule = (path, verb, request), f"as documented: {name}"
            yield ApiCheck(endpoint_of(path, verb), rule, DOCUMENTED, _replay, args)


def _call(api: ApiClient, path: str, verb: str) -> None:
    created = api.new(path)
    if verb == "retrieve":
        created.retrieve()
    elif verb == "list":
        api.page(path, limit=1)
    elif verb == "update":
        created.update(UPDATES[path])
    elif verb == "delete":
        created.delete()


def _as_created(api: ApiClient, path: str) -> None:
    created = api.new(path)
    _expect_same(created, created.retrieve())


def _kept(api: ApiClient, path: str) -> None:
    created = api.new(path)
    created.update(UPDATES[path]).expect(**UPDATES[path])
    created.retrieve().expect(**UPDATES[path])


def _no_body(api: ApiClient, path: str) -> None:
    created = api.new(path)
    _expect_same(created, created.put(None))


def _expect_same(created: ApiObject, item: ApiObject) -> None:
    values = item.valid_values()
    for name, value in created.valid_values().items():
        expect_equal(name, values[name], value)


def _gone(api: ApiClient, path: str) -> None:
    api.deleted(path).expect_gone()


def _initial(api: ApiClient, path: str, values: dict[str, Any]) -> None:
    api.new(path).expect(**values)


def _updates(api: ApiClient, path: str, updates: tuple[dict[str, Any], ...]) -> None:
    created = api.new(path)
    for values in updates:
        created.update(values).expect(**values)


# The documented requests


def _replay(api: ApiClient, path: str, verb: str, request: dict[str, Any]) -> None:
    """Send a documented request with ids of this run; its values must be in the response."""
    if verb == "list":
        return _replay_list(api, path, dict(request["query"]))
    fields = [(name, _own_value(api, name, value)) for name, value in request.get("form", ())]
    if files := request.get("files"):
        [(name, file)] = files
        body = multipart_body([(name, file.replace("../", f"../{MARK}-"))])
        return api.post(path, body).expect(filename=f"{MARK}-{file.rpartition('/')[2]}")
    if verb == "create":
        item = api.post(path, form_body(fields), dict(fields))
    else:
        created = api.new(path)
        if verb == "delete":
            return created.delete()
        item = created.put(form_body(fields)) if fields else created.retrieve()
        item.expect(id=created.id)
    for name, value in fields:
        root, *keys = re.findall(r"[^\[\]]+", name)
        expected: Any = [{keys[0]: [value]}] if keys else True if value == "true" else value
        item.expect(**{root: expected})
    return None


def _own_value(api: ApiClient, name: str, value: str) -> str:
    """Return the value of a field with an id of this run or with the mark of its objects."""
    match name:
        case "contact_id":
            return api.contact().id
        case "conversation_id":
            return api.conversation().id
    return f"{MARK} {value}" if name in TEXTS else value


def _replay_list(api: ApiClient, path: str, query: dict[str, str]) -> None:
    if "conversation_id" in query:
        conversation = api.conversation()
        message = api.message(conversation)
        query["conversation_id"] = conversation.id
        api.expect_page([api.upload(message) if path == "attachments" else message], path, **query)
    elif "starting_after" in query:
        first = api.conversation()
        query["starting_after"] = api.conversation().id
        expect(first.id in api.ids(path, **query), "the page lacks the next object")
    else:
        _, items = api.page(path, **query)
        expect(len(items) <= int(query["limit"]), f"{len(items)} objects")
