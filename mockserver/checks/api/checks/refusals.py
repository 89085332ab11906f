"""Requests that every endpoint must refuse: bad credentials, attributes, ids and paths."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from mockserver.checks.api.api_client import MARK, ApiClient, endpoint_of
from mockserver.checks.api.check import DECIDED, DOCUMENTED, ApiCheck, Basis, expect
from mockserver.checks.api.checks.endpoints import CREATE, UPDATES
from mockserver.checks.api.http import encode

AUTHORIZATION = "Authorization"
INVALID_CREDENTIALS: tuple[tuple[str, str, Basis], ...] = (
    ("missing: 401", "", DOCUMENTED),
    ("an empty Bearer token: 401", "Bearer ", DOCUMENTED),
    ("neither Bearer nor Basic: 401", "Token abc", DOCUMENTED),
    ("Basic without base64: 401", "Basic ***", DOCUMENTED),
    ("Basic without a username: 401", f"Basic {b64encode(b':password').decode()}", DOCUMENTED),
    ("a token that begins with revoked_: 401", "Bearer revoked_mockserver_check", DECIDED),
    ("sandbox_ with an invalid name: 401", "Bearer sandbox_not.a.name", DECIDED),
)
UNKNOWN = "mockserver_check"
"""An unknown attribute or parameter."""

VALID: dict[str, Callable[[ApiClient], dict[str, Any]]] = {
    "contacts": lambda api: {"username": api.name(), "phone_number": "1-555-0100"},
    "conversations": lambda api: {"contact_id": api.contact().id},
    "groups": lambda api: {"name": api.name()},
    "messages": lambda api: {"conversation_id": api.conversation().id, "message": MARK},
    "attachments": lambda api: {"file": f"{MARK}.txt"},
}
REQUIRED = {
    "contacts": ("username", "phone_number"),
    "conversations": ("contact_id",),
    "groups": ("name",),
    "messages": ("conversation_id", "message"),
    "attachments": ("file",),
}
#: Values that a creation refuses; the message names the attribute.
INVALID: tuple[tuple[str, str, Any, Basis], ...] = (
    ("contacts", "username", "", DECIDED),
    ("contacts", "username", None, DOCUMENTED),
    ("contacts", "phone_number", "", DECIDED),
    ("contacts", "avatar_url", "ftp://protocol.chat/a.jpg", DOCUMENTED),
    ("groups", "name", "", DECIDED),
    ("groups", "name", None, DOCUMENTED),
    ("groups", "avatar_url", "avatar.jpg", DOCUMENTED),
    ("messages", "message", "", DECIDED),
    ("messages", "message", None, DOCUMENTED),
)
#: Attributes that an update refuses because only the API sets them.
READ_ONLY: dict[str, dict[str, Any]] = {
    "contacts": {"username": f"{MARK}-other"},
    "conversations": {"last_opened_at": 705106800},
    "groups": {"conversation_id": None},
    "messages": {"read_at": 705106800},
    "attachments": {"file_size": 5},
}

#: References to a deleted object: the path to create, the attribute, the object's path, the values.
DELETED_REFERENCES: tuple[tuple[str, str, str, Callable[[ApiClient, str], Any], Basis], ...] = (
    ("conversations", "contact_id", "contacts", lambda api, x: {"contact_id": x}, DOCUMENTED),
    ("conversations", "group_id", "groups", lambda api, x: {"group_id": x}, DOCUMENTED),
    (
        "groups",
        "contacts",
        "contacts",
        lambda api, x: {"name": api.name(), "contacts": [x]},
        DECIDED,
    ),
    (
        "messages",
        "conversation_id",
        "conversations",
        lambda api, x: {"conversation_id": x, "message": MARK},
        DOCUMENTED,
    ),
    (
        "messages",
        "attachments",
        "attachments",
        lambda api, x: {**VALID["messages"](api), "attachments": [x]},
        DECIDED,
    ),
    (
        "attachments",
        "message_id",
        "messages",
        lambda api, x: {"file": f"{MARK}.txt", "message_id": x},
        DECIDED,
    ),
)


def checks() -> Iterator[ApiCheck]:
    """Yield the checks that do not depend on one kind of object."""
    for rule, header, basis in INVALID_CREDENTIALS:
        yield ApiCheck(AUTHORIZATION, rule, partial(_unauthorized, header), basis)
    yield ApiCheck(AUTHORIZATION, "HTTP Basic, the token as username", _basic, DECIDED)
    for path in VALID:
        yield from _checks_of(path)
    for path, name, value, basis in INVALID:
        text = "null" if value is None else repr(value)
        run = partial(_invalid, path, {name: value})
        yield ApiCheck(endpoint_of(path, "create"), f"{name}={text}: 400", run, basis)
    for path, name, deleted_path, values_of, basis in DELETED_REFERENCES:
        rule = f"{name} with the id of a deleted object: 400"
        run = partial(_deleted_reference, path, deleted_path, values_of)
        yield ApiCheck(endpoint_of(path, "create"), rule, run, basis)
    yield ApiCheck("PUT /conversations/:id", "pinning a deleted message: 400", _deleted_pin)
    yield ApiCheck("POST /contacts", "one error names all problems", _all_problems)
    yield ApiCheck(f"GET /{MARK}", "an unknown path: 404", _unknown_path, DECIDED)
    yield ApiCheck("POST /contacts/:id", "a method that is not allowed: 405", _method, DECIDED)


def _checks_of(path: str) -> Iterator[ApiCheck]:
    create, update = endpoint_of(path, "create"), endpoint_of(path, "update")
    rule = "an unknown attribute: 400 with its name"
    yield ApiCheck(create, rule, partial(_unknown_in_creation, path), DECIDED)
    yield ApiCheck(update, rule, partial(_unknown_in_update, path), DECIDED)
    rule = f"{next(iter(READ_ONLY[path]))}, which is read-only: 400"
    yield ApiCheck(update, rule, partial(_read_only, path), DECIDED)
    yield ApiCheck(update, "an error changes nothing", partial(_changes_nothing, path))
    for name in REQUIRED[path]:
        rule = f"without {name}: 400 with its name"
        yield ApiCheck(create, rule, partial(_missing, path, name))
    for verb in ("retrieve", "update", "delete"):
        run = partial(_deleted, path, verb)
        yield ApiCheck(endpoint_of(path, verb), "a deleted object: 404", run, DECIDED)
    rule = "ids are case-sensitive: 404"
    yield ApiCheck(endpoint_of(path, "retrieve"), rule, partial(_other_case, path))


def _unauthorized(header: str, api: ApiClient) -> None:
    api.expect_error(401, "GET", "contacts", query={"limit": 1}, headers={AUTHORIZATION: header})


def _basic(api: ApiClient) -> None:
    header = f"Basic {b64encode(f'{api.http.token}:password'.encode()).decode()}"
    response = api.send("GET", "contacts", query={"limit": 1}, headers={AUTHORIZATION: header})
    expect(response.ok, str(response))


def _unknown_in_creation(path: str, api: ApiClient) -> None:
    values = {**VALID[path](api), UNKNOWN: 1}
    api.expect_error(400, "POST", path, values=values, names=UNKNOWN)


def _unknown_in_update(path: str, api: ApiClient) -> None:
    created = CREATE[path](api).id
    api.expect_error(400, "PUT", path, created, values={UNKNOWN: 1}, names=UNKNOWN)


def _read_only(path: str, api: ApiClient) -> None:
    api.expect_error(400, "PUT", path, CREATE[path](api).id, values=READ_ONLY[path])


def _changes_nothing(path: str, api: ApiClient) -> None:
    created = CREATE[path](api).id
    before = api.retrieve(path, created).valid_values()
    api.send("PUT", path, created, body=encode({**UPDATES[path], "id": 5}))
    after = api.retrieve(path, created).valid_values()
    changed = [name for name in UPDATES[path] if after.get(name) != before.get(name)]
    expect(not changed, f"{', '.join(changed)} changed, although another attribute is invalid")


def _missing(path: str, name: str, api: ApiClient) -> None:
    values = VALID[path](api)
    del values[name]
    api.expect_error(400, "POST", path, values=values, names=name)


def _deleted(path: str, verb: str, api: ApiClient) -> None:
    created = CREATE[path](api).id
    api.delete(path, created)
    method, body = {
        "retrieve": ("GET", None),
        "update": ("PUT", encode(UPDATES[path])),
        "delete": ("DELETE", None),
    }[verb]
    api.expect_error(404, method, path, created, body=body)


def _other_case(path: str, api: ApiClient) -> None:
    api.expect_error(404, "GET", path, CREATE[path](api).id.swapcase())


def _invalid(path: str, invalid: dict[str, Any], api: ApiClient) -> None:
    values = {**VALID[path](api), **invalid}
    api.expect_error(400, "POST", path, values=values, names=next(iter(invalid)))


def _deleted_reference(
    path: str, deleted_path: str, values_of: Callable[[ApiClient, str], Any], api: ApiClient
) -> None:
    deleted = CREATE[deleted_path](api).id
    api.delete(deleted_path, deleted)
    api.expect_error(400, "POST", path, values=values_of(api, deleted))


def _deleted_pin(api: ApiClient) -> None:
    conversation, [message] = api.messages(1)
    api.delete("messages", message)
    values = {"pinned_message_id": message}
    api.expect_error(400, "PUT", "conversations", conversation, values=values)


def _all_problems(api: ApiClient) -> None:
    for name in ("username", "phone_number"):
        api.expect_error(400, "POST", "contacts", values={"display_name": MARK}, names=name)


def _unknown_path(api: ApiClient) -> None:
    api.expect_error(404, "GET", MARK)


def _method(api: ApiClient) -> None:
    api.expect_error(405, "POST", "contacts", api.contact().id)
