"""Groups (reference, "Group")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockserver.checks.api.api_client import AVATAR, ConformanceClient, Shown
from mockserver.checks.api.bodies import encoded
from mockserver.checks.api.check import Check, same
from mockserver.checks.api.rows import DECIDED, DOCUMENTED

CREATE, UPDATE = "POST /groups", "PUT /groups/:id"
EMBEDDED = ("username", "phone_number", "avatar_url", "last_active_at", "created_at")


def checks() -> Iterator[Check]:
    for where, rule, run, basis in (
        (CREATE, "the group's conversation is made too", _conversation, DOCUMENTED),
        (CREATE, "what is not given is null, and no members", _nulls, DOCUMENTED),
        (CREATE, "the members, in the order given", _in_order, DOCUMENTED),
        (CREATE, "members are ids, or objects of which id is read", _objects, DECIDED),
        (CREATE, "a member that is repeated counts once", _once, DECIDED),
        (CREATE, "a member that is no more: 400", _no_contact, DECIDED),
        (UPDATE, "contacts is the whole new membership", _replaced, DOCUMENTED),
        (UPDATE, "description, avatar_url and archived_at, and null", _nullable, DOCUMENTED),
        ("GET /groups/:id", "an embedded contact is the contact as it is", _embedded, DOCUMENTED),
    ):
        yield Check(where, rule, run, basis)


def _members(group: Shown) -> list[Any]:
    return [each["id"] for each in group["contacts"]]


def _conversation(bench: ConformanceClient) -> None:
    bench.home(bench.group(), "group_id")


def _nulls(bench: ConformanceClient) -> None:
    made = bench.group()
    for name in ("description", "avatar_url", "archived_at"):
        same(name, made[name], None)
    same("contacts", made["contacts"], [])


def _in_order(bench: ConformanceClient) -> None:
    for _ in range(2):
        ids = sorted((bench.contact().id, bench.contact().id, bench.contact().id), reverse=True)
        same("the members", _members(bench.group(contacts=ids)), ids)


def _objects(bench: ConformanceClient) -> None:
    one, other = bench.contact().id, bench.contact().id
    made = bench.group(contacts=[{"id": one, "username": "ignored"}, other])
    same("the members", _members(made), [one, other])


def _once(bench: ConformanceClient) -> None:
    contact = bench.contact().id
    same("the members", _members(bench.group(contacts=[contact, contact])), [contact])


def _no_contact(bench: ConformanceClient) -> None:
    contact = bench.contact().id
    bench.delete("contacts", contact)
    values = {"name": bench.name(), "contacts": [contact]}
    bench.refused(400, "POST", "groups", body=encoded(values), sent=values)


def _replaced(bench: ConformanceClient) -> None:
    one, other = bench.contact().id, bench.contact().id
    made = bench.group(contacts=[one]).id
    for members in ([other], [other, one], []):
        same("the members", _members(bench.update("groups", made, {"contacts": members})), members)


def _nullable(bench: ConformanceClient) -> None:
    made = bench.group().id
    for values in (
        {"description": "No grown-ups.", "avatar_url": AVATAR, "archived_at": 705106800},
        {"description": None, "avatar_url": None, "archived_at": None},
    ):
        shown = bench.update("groups", made, values)
        for name, value in values.items():
            same(name, shown[name], value)


def _embedded(bench: ConformanceClient) -> None:
    contact = bench.contact(avatar_url=AVATAR)
    group = bench.group(contacts=[contact.id]).id
    [member] = bench.retrieve("groups", group)["contacts"]
    shown = bench.retrieve("contacts", contact.id)
    for name in EMBEDDED:
        bench.member(member, name, shown[name])
