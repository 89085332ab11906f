"""Checks that every endpoint refuses invalid credentials, attributes, ids and paths."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from mockserver.checks.api.api_client import MARK, ApiClient, endpoint_of
from mockserver.checks.api.checks.endpoints import OBJECTS
from mockserver.checks.api.http import encode
from mockserver.checks.api.results import DECIDED, DOCUMENTED, ApiCheck, Basis, expect
from mockserver.resources.registry import VERBS

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
UNKNOWN = "mockserver_check"  # an unknown attribute or parameter


def checks() -> Iterator[ApiCheck]:
    for rule, header, basis in INVALID_CREDENTIALS:
        yield ApiCheck(AUTHORIZATION, rule, basis, _unauthorized, (header,))
    yield ApiCheck(AUTHORIZATION, "HTTP Basic, the token as username", DECIDED, _basic)
    for path, values in OBJECTS.items():
        yield from _checks_of(path, values)
    for where, rule, basis, run in (
        ("PUT /conversations/:id", "pinning a deleted message: 400", DOCUMENTED, _deleted_pin),
        ("POST /contacts", "one error names all problems", DOCUMENTED, _all_problems),
        (f"GET /{MARK}", "an unknown path: 404", DECIDED, _unknown_path),
        ("POST /contacts/:id", "a method that is not allowed: 405", DECIDED, _method),
    ):
        yield ApiCheck(where, rule, basis, run)


def _checks_of(path: str, values: dict[str, Any]) -> Iterator[ApiCheck]:
    create, update = endpoint_of(path, "create"), endpoint_of(path, "update")
    rule = "an unknown attribute: 400 with its name"
    yield ApiCheck(create, rule, DECIDED, _refused, (path, UNKNOWN, 1))
    yield ApiCheck(update, rule, DECIDED, _refused_update, (path, UNKNOWN, 1, UNKNOWN))
    [(name, value)] = values["read_only"].items()
    rule = f"{name}, which is read-only: 400"
    yield ApiCheck(update, rule, DECIDED, _refused_update, (path, name, value))
    yield ApiCheck(update, "an error changes nothing", DOCUMENTED, _changes_nothing, (path,))
    for row in values["invalid"]:
        name, value = row["name"], row["value"]
        rule = f"{name}={'null' if value is None else repr(value)}: 400"
        yield ApiCheck(create, rule, row["basis"], _refused, (path, name, value))
    for row in values["references"]:
        rule = f"{row['name']} with the id of a deleted object: 400"
        args = (path, row["name"], row["path"])
        yield ApiCheck(create, rule, row["basis"], _deleted_reference, args)
    for row in values["wrong_types"]:
        rule, args = f"JSON: {row['rule']}: 400", (path, row["name"], row["value"])
        yield ApiCheck(update, rule, DOCUMENTED, _refused_update, args)
    for name in values["required"]:
        rule = f"without {name}: 400 with its name"
        yield ApiCheck(create, rule, DOCUMENTED, _missing, (path, name))
    for verb in ("retrieve", "update", "delete"):
        where, rule = endpoint_of(path, verb), "a deleted object: 404"
        yield ApiCheck(where, rule, DECIDED, _deleted, (path, verb))
    where = endpoint_of(path, "retrieve")
    yield ApiCheck(where, "ids are case-sensitive: 404", DOCUMENTED, _other_case, (path,))


def _unauthorized(api: ApiClient, header: str) -> None:
    api.expect_error(401, "GET", "contacts", query={"limit": 1}, headers={AUTHORIZATION: header})


def _basic(api: ApiClient) -> None:
    header = f"Basic {b64encode(f'{api.http.token}:password'.encode()).decode()}"
    response = api.send("GET", "contacts", query={"limit": 1}, headers={AUTHORIZATION: header})
    expect(response.ok, str(response))


def _refused(api: ApiClient, path: str, name: str, value: Any) -> None:
    api.expect_error(400, "POST", path, values={**api.values(path), name: value}, naming=name)


def _refused_update(api: ApiClient, path: str, name: str, value: Any, naming: str = "") -> None:
    api.new(path).expect_refused_update({name: value}, naming)


def _changes_nothing(api: ApiClient, path: str) -> None:
    created, values = api.new(path), OBJECTS[path]["update"]
    before = created.retrieve().valid_values()
    api.send("PUT", path, created.id, body=encode({**values, "id": 5}))
    after = created.retrieve().valid_values()
    changed = [name for name in values if after.get(name) != before.get(name)]
    expect(not changed, f"{', '.join(changed)} changed, although another attribute is invalid")


def _missing(api: ApiClient, path: str, name: str) -> None:
    values = api.values(path)
    del values[name]
    api.expect_error(400, "POST", path, values=values, naming=name)


def _deleted(api: ApiClient, path: str, verb: str) -> None:
    values = OBJECTS[path]["update"] if verb == "update" else None
    api.expect_error(404, VERBS[verb], path, api.deleted(path).id, values=values)


def _other_case(api: ApiClient, path: str) -> None:
    api.expect_error(404, "GET", path, api.new(path).id.swapcase())


def _deleted_reference(api: ApiClient, path: str, name: str, deleted_path: str) -> None:
    deleted = api.deleted(deleted_path)
    # A conversation has only one owner, so it gets none but the deleted one.
    values = {} if path == "conversations" else api.values(path)
    values[name] = [deleted.id] if name == deleted_path else deleted.id
    api.expect_error(400, "POST", path, values=values)


def _deleted_pin(api: ApiClient) -> None:
    conversation = api.conversation()
    message = api.message(conversation)
    message.delete()
    conversation.expect_refused_update({"pinned_message_id": message.id})


def _all_problems(api: ApiClient) -> None:
    for name in ("username", "phone_number"):
        api.expect_error(400, "POST", "contacts", values={"display_name": MARK}, naming=name)


def _unknown_path(api: ApiClient) -> None:
    api.expect_error(404, "GET", MARK)


def _method(api: ApiClient) -> None:
    api.expect_error(405, "POST", "contacts", api.contact().id)
