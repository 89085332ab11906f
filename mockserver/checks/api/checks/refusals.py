"""What is refused whatever the noun: unknown names, what is missing, what is no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from mockserver.checks.api.api_client import MARK, ConformanceClient, endpoint_of
from mockserver.checks.api.bodies import encoded
from mockserver.checks.api.check import Check, holds
from mockserver.checks.api.checks.endpoints import MAKERS, UPDATES
from mockserver.checks.api.rows import DECIDED, DOCUMENTED, Basis

Make = Callable[[ConformanceClient], dict[str, Any]]

GOOD: dict[str, Make] = {
    "contacts": lambda bench: {"username": bench.name(), "phone_number": "1-555-0100"},
    "conversations": lambda bench: {"contact_id": bench.contact().id},
    "groups": lambda bench: {"name": bench.name()},
    "messages": lambda bench: {"conversation_id": bench.conversation().id, "message": MARK},
    "attachments": lambda bench: {"file": f"{MARK}.txt"},
}
REQUIRED = {
    "contacts": ("username", "phone_number"),
    "conversations": ("contact_id",),
    "groups": ("name",),
    "messages": ("conversation_id", "message"),
    "attachments": ("file",),
}
#: What an endpoint refuses: the attribute that the message names, and with which value.
WRONG: tuple[tuple[str, str, Any, Basis], ...] = (
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
#: What an update refuses: what only the API itself sets.
FIXED: dict[str, dict[str, Any]] = {
    "contacts": {"username": f"{MARK}-other"},
    "conversations": {"last_opened_at": 705106800},
    "groups": {"conversation_id": None},
    "messages": {"read_at": 705106800},
    "attachments": {"file_size": 5},
}


def checks() -> Iterator[Check]:
    for path in GOOD:
        create, update = endpoint_of(path, "create"), endpoint_of(path, "update")
        for where, run in ((create, _unknown_in_creation), (update, _unknown_in_update)):
            rule = "an attribute that is not listed: 400, which names it"
            yield Check(where, rule, partial(run, path), DECIDED)
        rule = f"{next(iter(FIXED[path]))}, which is read-only: 400"
        yield Check(update, rule, partial(_fixed, path), DECIDED)
        yield Check(update, "what is refused changes nothing", partial(_changes_nothing, path))
        for name in REQUIRED[path]:
            yield Check(
                create, f"without {name}: 400, which names it", partial(_missing, path, name)
            )
        for verb in ("retrieve", "update", "delete"):
            rule = "404 of what is no more"
            yield Check(endpoint_of(path, verb), rule, partial(_no_more, path, verb), DECIDED)
        rule = "ids are case-sensitive: 404"
        yield Check(endpoint_of(path, "retrieve"), rule, partial(_other_case, path))
    for path, name, value, basis in WRONG:
        shown = "null" if value is None else repr(value)
        rule = f"{name}={shown}: 400"
        yield Check(endpoint_of(path, "create"), rule, partial(_wrong, path, {name: value}), basis)
    yield Check("POST /contacts", "all problems are told at once", _all_at_once)
    yield Check("GET /mockserver-check", "404 of an unknown path", _no_path, DECIDED)
    yield Check("POST /contacts/:id", "405 of an unknown method", _no_method, DECIDED)


def _unknown_in_creation(path: str, bench: ConformanceClient) -> None:
    _named(bench, "POST", path, None, {**GOOD[path](bench), "mockserver_check": 1})


def _unknown_in_update(path: str, bench: ConformanceClient) -> None:
    _named(bench, "PUT", path, MAKERS[path](bench).id, {"mockserver_check": 1})


def _named(
    bench: ConformanceClient,
    method: str,
    path: str,
    record_id: str | None,
    values: dict[str, Any],
    name: str = "mockserver_check",
) -> None:
    """Check that it is refused by a message that names ``name``."""
    place = (path,) if record_id is None else (path, record_id)
    answer = bench.refused(400, method, *place, body=encoded(values), sent=values)
    told = answer.json.get("message") if isinstance(answer.json, dict) else None
    if isinstance(told, str) and told:
        holds(name in told, f"a message that does not name {name}: {told}")


def _fixed(path: str, bench: ConformanceClient) -> None:
    made = MAKERS[path](bench).id
    bench.refused(400, "PUT", path, made, body=encoded(FIXED[path]))


def _changes_nothing(path: str, bench: ConformanceClient) -> None:
    made = MAKERS[path](bench)
    before = bench.retrieve(path, made.id).trusted()
    bench.send("PUT", path, made.id, body=encoded({**UPDATES[path], "id": 5}))
    after = bench.retrieve(path, made.id).trusted()
    changed = [name for name in UPDATES[path] if after.get(name) != before.get(name)]
    holds(not changed, f"{', '.join(changed)} changed by a body of which another part is wrong")


def _missing(path: str, name: str, bench: ConformanceClient) -> None:
    values = GOOD[path](bench)
    del values[name]
    _named(bench, "POST", path, None, values, name)


def _no_more(path: str, verb: str, bench: ConformanceClient) -> None:
    made = MAKERS[path](bench).id
    bench.delete(path, made)
    method, body = {
        "retrieve": ("GET", None),
        "update": ("PUT", encoded(UPDATES[path])),
        "delete": ("DELETE", None),
    }[verb]
    bench.refused(404, method, path, made, body=body)


def _other_case(path: str, bench: ConformanceClient) -> None:
    bench.refused(404, "GET", path, MAKERS[path](bench).id.swapcase())


def _wrong(path: str, wrong: dict[str, Any], bench: ConformanceClient) -> None:
    values = {**GOOD[path](bench), **wrong}
    _named(bench, "POST", path, None, values, next(iter(wrong)))


def _all_at_once(bench: ConformanceClient) -> None:
    for name in ("username", "phone_number"):
        _named(bench, "POST", "contacts", None, {"display_name": MARK}, name)


def _no_path(bench: ConformanceClient) -> None:
    bench.refused(404, "GET", MARK)


def _no_method(bench: ConformanceClient) -> None:
    bench.refused(405, "POST", "contacts", bench.contact().id)
