"""Filters of lists: what they show, and that they combine."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from mockserver.checks.api.api_client import ConformanceClient
from mockserver.checks.api.check import Check, holds, same
from mockserver.checks.api.checks.endpoints import MAKERS
from mockserver.checks.api.rows import DECIDED

CONVERSATIONS = "GET /conversations"
NOW = 705106800
#: What sets what each boolean filter of conversations looks at.
FLAGS: dict[str, dict[str, Any]] = {
    "muted": {"is_muted": True},
    "archived": {"archived_at": NOW},
    "pinned": {"is_pinned": True},
}


def checks() -> Iterator[Check]:
    for name in FLAGS:
        yield Check(CONVERSATIONS, f"{name}=true shows only such", partial(_only, name))
        rule = f"{name}=false filters nothing"
        yield Check(CONVERSATIONS, rule, partial(_filters_nothing, name))
    yield Check(CONVERSATIONS, "group_id shows only those of the group", _of_group)
    yield Check(CONVERSATIONS, "filters combine", _combined)
    yield Check(CONVERSATIONS, "a cursor that the filter hides is a position", _hidden, DECIDED)
    yield Check("GET /groups", "archived=true shows only such", _archived_groups)
    rule = "active=true shows only contacts that have been active"
    yield Check("GET /contacts", rule, _active, DECIDED)
    for path in ("messages", "attachments"):
        yield Check(f"GET /{path}", "conversation_id shows only its own", partial(_own, path))
    for path, name, kind in (
        ("conversations", "group_id", "groups"),
        ("messages", "conversation_id", "conversations"),
        ("attachments", "conversation_id", "conversations"),
    ):
        run = partial(_nothing, path, name, kind)
        yield Check(f"GET /{path}", f"{name} of what is no more: an empty page", run, DECIDED)


def _pair(bench: ConformanceClient) -> tuple[str, list[str]]:
    """A group's id, and two conversations of it, latest first."""
    group = bench.group()
    first = bench.home(group, "group_id").id
    return group.id, [bench.conversation(group_id=group.id).id, first]


def _only(name: str, bench: ConformanceClient) -> None:
    group, [one, _] = _pair(bench)
    bench.update("conversations", one, FLAGS[name])
    found = bench.ids("conversations", group_id=group, **{name: "true"})
    same("the page, of two of which one is so,", found, [one])


def _filters_nothing(name: str, bench: ConformanceClient) -> None:
    group, both = _pair(bench)
    bench.update("conversations", both[0], FLAGS[name])
    found = bench.ids("conversations", group_id=group, **{name: "false"})
    same("the page", sorted(found), sorted(both))


def _of_group(bench: ConformanceClient) -> None:
    group, both = _pair(bench)
    _pair(bench)
    same("the page", sorted(bench.ids("conversations", group_id=group)), sorted(both))


def _combined(bench: ConformanceClient) -> None:
    group, [one, other] = _pair(bench)
    bench.update("conversations", one, {"is_muted": True, "is_pinned": True})
    bench.update("conversations", other, {"is_muted": True})
    found = bench.ids("conversations", group_id=group, muted="true", pinned="true")
    same("the page", found, [one])


def _hidden(bench: ConformanceClient) -> None:
    group, [latest, first] = _pair(bench)
    bench.update("conversations", first, {"is_muted": True})
    query = {"group_id": group, "muted": "true", "starting_after": latest}
    same("the page", bench.ids("conversations", **query), [first])


def _archived_groups(bench: ConformanceClient) -> None:
    plain, archived = bench.group().id, bench.group().id
    bench.update("groups", archived, {"archived_at": NOW})
    found = bench.page("groups", archived="true", limit=100)[1]
    others = [each.id for each in found if each["archived_at"] is None]
    holds(not others, f"{len(others)} groups that are not archived")
    holds(plain not in [each.id for each in found], "a group that is not archived")


def _active(bench: ConformanceClient) -> None:
    silent = bench.contact().id
    found = bench.page("contacts", active="true", limit=100)[1]
    others = [each.id for each in found if each["last_active_at"] is None]
    holds(not others and silent not in [each.id for each in found], "contacts never active")


def _own(path: str, bench: ConformanceClient) -> None:
    conversation, [message] = bench.messages(1)
    other = bench.message(bench.conversation().id).id
    wanted = message
    if path == "attachments":
        wanted = bench.upload(fields=[("message_id", message)]).id
        bench.upload(fields=[("message_id", other)])
    same("the page", bench.ids(path, conversation_id=conversation), [wanted])


def _nothing(path: str, name: str, kind: str, bench: ConformanceClient) -> None:
    made = MAKERS[kind](bench)
    bench.delete(kind, made.id)
    more, found = bench.page(path, **{name: made.id})
    same("the number of objects", len(found), 0)
    same("has_more", more, False)
