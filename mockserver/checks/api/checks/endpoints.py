"""Checks of each endpoint, with simple requests and with the documented ones."""

import re
from collections.abc import Iterator
from typing import Any

import orjson

from mockserver.checks.api.api_client import MARK, SUCCEEDS, ApiClient, ApiObject, endpoint_of
from mockserver.checks.api.http import form_body, multipart_body
from mockserver.checks.api.results import DOCUMENTED, ApiCheck, expect, expect_equal
from mockserver.contract.examples import examples
from mockserver.resources.registry import VERBS
from mockserver.unpatched import read_data

NOW = 705106800
#: By path: valid and invalid values of the objects of each kind.
OBJECTS: dict[str, dict[str, Any]] = orjson.loads(read_data(__package__, "objects.json"))
#: Attributes with free text, to which ``MARK`` is added.
TEXTS = ("username", "name", "message")


def checks() -> Iterator[ApiCheck]:
    """Yield the checks of each endpoint, then the documented requests."""
    for path, values in OBJECTS.items():
        for verb in ("create", "retrieve", "list", "update", "delete"):
            yield ApiCheck(endpoint_of(path, verb), SUCCEEDS, DOCUMENTED, _call, (path, verb))
        for verb, rule, run in (
            ("retrieve", "the object as it was created", _as_created),
            ("update", "the new values are returned and kept", _kept),
            ("update", "a request without a body changes nothing", _no_body),
            ("delete", "the deleted object: 404", _gone),
        ):
            yield ApiCheck(endpoint_of(path, verb), rule, DOCUMENTED, run, (path,))
        rule, basis = values["initial"]["rule"], values["initial"]["basis"]
        created = (path, values["initial"]["values"])
        yield ApiCheck(endpoint_of(path, "create"), rule, basis, _initial, created)
        for row in values["updates"]:
            where, basis = endpoint_of(path, "update"), row.get("basis", DOCUMENTED)
            args = (path, row["sent"], row.get("after", row["sent"]))
            yield ApiCheck(where, row["rule"], basis, _updates, args)
    for name, example in examples().items():
        if request := example["request"]:
            _, _, path, *rest = request["path"].split("/")
            verbs = ("retrieve", "update", "delete") if rest else ("list", "create")
            verb = next(verb for verb in verbs if VERBS[verb] == request["method"])
            rule, args = f"as documented: {name}", (path, verb, request)
            yield ApiCheck(endpoint_of(path, verb), rule, DOCUMENTED, _replay, args)


def _call(api: ApiClient, path: str, verb: str) -> None:
    created = api.new(path)
    if verb == "retrieve":
        created.retrieve()
    elif verb == "list":
        api.page(path, limit=1)
    elif verb == "update":
        created.update(OBJECTS[path]["update"])
    elif verb == "delete":
        created.delete()


def _as_created(api: ApiClient, path: str) -> None:
    created = api.new(path)
    _expect_same(created, created.retrieve())


def _kept(api: ApiClient, path: str) -> None:
    created, values = api.new(path), OBJECTS[path]["update"]
    created.update(values).expect(**values)
    created.retrieve().expect(**values)


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


def _updates(
    api: ApiClient, path: str, updates: list[dict[str, Any]], results: list[dict[str, Any]]
) -> None:
    created = api.new(path)
    for values, expected in zip(updates, results, strict=True):
        created.update(values).expect(**expected)


def _replay(api: ApiClient, path: str, verb: str, request: dict[str, Any]) -> None:
    """Send a documented request with ids of this run; expect its values in the response."""
    if verb == "list":
        return _replay_list(api, path, dict(request["query"]))
    fields = [(name, _own_value(api, name, value)) for name, value in request.get("form", ())]
    if files := request.get("files"):
        [(name, file)] = files
        body = multipart_body([(name, file.replace("../", f"../{MARK}-"))])
        return api.post(path, body).expect(filename=f"{MARK}-{file.rpartition('/')[2]}")
    if verb == "create":
        item = api.post(path, form_body(fields))
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
    """Return the value to send: a new object's id for a documented one, or a text with ``MARK``."""
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
