"""Lists: order, limit, cursors and filters (contract/reference.md, "Pagination").

A list also holds objects that others create, even meanwhile. So a page is compared as a whole only
if a filter limits it to objects of this run; otherwise only these objects on it are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from mockserver.checks.api.api_client import MAX_PAGES, ApiClient, endpoint_of
from mockserver.checks.api.check import (
    DECIDED,
    DOCUMENTED,
    ApiCheck,
    Basis,
    Unclear,
    expect,
    expect_equal,
)
from mockserver.checks.api.checks.endpoints import CREATE

ORDER = "latest first"
LIMIT = "limit bounds the page"
DEFAULT_LIMIT = "at most ten objects without a limit"
AFTER = "starting_after: the objects after that one"
BEFORE = "ending_before: the objects before that one, in the same order"
HAS_MORE = "has_more: whether there are more objects in the direction of travel"
EACH_ONCE = "following {} returns each object once"

NOW = 705106800
#: The update that makes each boolean filter of conversations match.
FLAGS: dict[str, dict[str, Any]] = {
    "muted": {"is_muted": True},
    "archived": {"archived_at": NOW},
    "pinned": {"is_pinned": True},
}


@dataclass(frozen=True)
class CreatedList:
    """Objects of this run, latest first, and a query that lists only them, if there is one."""

    path: str
    ids: list[str]
    query: dict[str, str] = field(default_factory=dict)

    @property
    def is_exclusive(self) -> bool:
        """True if the query lists no other objects."""
        return bool(self.query)

    def listed(self, api: ApiClient, **cursor: str) -> list[int]:
        """Return which of the objects the list has from the cursor on: 0 is the latest."""
        ids: list[str] = []
        for _ in range(1 if self.is_exclusive else MAX_PAGES):
            has_more, page = api.page(self.path, limit=100, **self.query, **cursor)
            new = [item.id for item in page]
            # With ending_before, the next page precedes those before it.
            ids = [*new, *ids] if "ending_before" in cursor else [*ids, *new]
            if not has_more or not page or set(self.ids) <= set(ids):
                break
            if "ending_before" in cursor:
                cursor = {"ending_before": new[0]}
            else:
                cursor = {"starting_after": new[-1]}
        return [self.ids.index(record_id) for record_id in ids if record_id in self.ids]


def _contacts(api: ApiClient, number: int) -> CreatedList:
    return CreatedList("contacts", [api.contact().id for _ in range(number)][::-1])


def _conversations(api: ApiClient, number: int) -> CreatedList:
    group = api.group()
    later = [api.conversation(group_id=group.id).id for _ in range(number - 1)]
    ids = [*later[::-1], api.home(group, "group_id").id]
    return CreatedList("conversations", ids, {"group_id": group.id})


def _groups(api: ApiClient, number: int) -> CreatedList:
    return CreatedList("groups", [api.group().id for _ in range(number)][::-1])


def _messages(api: ApiClient, number: int) -> CreatedList:
    conversation, ids = api.messages(number)
    return CreatedList("messages", ids, {"conversation_id": conversation})


def _attachments(api: ApiClient, number: int) -> CreatedList:
    conversation, [message] = api.messages(1)
    ids = [api.upload(fields=[("message_id", message)]).id for _ in range(number)]
    return CreatedList("attachments", ids[::-1], {"conversation_id": conversation})


Create = Callable[[ApiClient, int], CreatedList]
Run = Callable[[Create, ApiClient], None]

LISTS: dict[str, Create] = {
    "contacts": _contacts,
    "conversations": _conversations,
    "groups": _groups,
    "messages": _messages,
    "attachments": _attachments,
}
EXCLUSIVE = ("conversations", "messages", "attachments")


def checks() -> Iterator[ApiCheck]:
    """Yield the checks of pages, then of filters."""
    for path in LISTS:
        yield from _page_checks(path)
    yield from _filter_checks()


# Pages


def _page_checks(path: str) -> Iterator[ApiCheck]:
    where, create = endpoint_of(path, "list"), LISTS[path]
    rules: tuple[tuple[str, Run, Basis, tuple[str, ...]], ...] = (
        (ORDER, _order, DECIDED, ()),
        (LIMIT, _limit, DOCUMENTED, ()),
        (DEFAULT_LIMIT, _default_limit, DOCUMENTED, ()),
        (AFTER, _after, DOCUMENTED, (ORDER,)),
        (BEFORE, _before, DOCUMENTED, (ORDER,)),
        (HAS_MORE, _has_more, DOCUMENTED, (ORDER, LIMIT, AFTER, BEFORE)),
        ("both cursors at once: 400", _both_cursors, DECIDED, ()),
    )
    for rule, run, basis, depends_on in rules:
        yield ApiCheck(where, rule, partial(run, create), basis, depends_on)
    for cursor in ("starting_after", "ending_before"):
        if path in EXCLUSIVE:
            depends_on = (ORDER, LIMIT, AFTER, BEFORE, HAS_MORE)
            follow = partial(_follow, cursor, create)
            yield ApiCheck(where, EACH_ONCE.format(cursor), follow, DOCUMENTED, depends_on)
        rule = f"{cursor} with a deleted object: 400"
        yield ApiCheck(where, rule, partial(_deleted_cursor, path, cursor), DECIDED)
    for limit in ("0", "101", "ten"):
        run_limit = partial(_refused, path, "limit", limit)
        yield ApiCheck(where, f"limit={limit}: 400", run_limit)
    run_unknown = partial(_refused, path, "mockserver_check", "1")
    yield ApiCheck(where, "an unknown parameter: 400", run_unknown, DECIDED)


def _order(create: Create, api: ApiClient) -> None:
    created = create(api, 3)
    listed = created.listed(api)
    if set(listed) != {0, 1, 2}:
        if created.is_exclusive:
            expect_equal("the number of objects, of 3,", len(listed), 3)
        raise Unclear(f"the first {MAX_PAGES} pages of 100 do not have all objects of this run")
    expect_equal("the order of 3 objects, the latest 0,", listed, [0, 1, 2])


def _limit(create: Create, api: ApiClient) -> None:
    created = create(api, 3)
    ids = api.ids(created.path, limit=2, **created.query)
    expect_equal("the number of objects on a page of 2", len(ids), 2)


def _default_limit(create: Create, api: ApiClient) -> None:
    created = create(api, 11)
    ids = api.ids(created.path, **created.query)
    expect_equal("the number of objects on the page, of 11", len(ids), 10)


def _after(create: Create, api: ApiClient) -> None:
    created = create(api, 3)
    listed = created.listed(api, starting_after=created.ids[0])
    expect_equal("the page after the first of 3, the latest 0,", listed, [1, 2])


def _before(create: Create, api: ApiClient) -> None:
    created = create(api, 3)
    last = created.ids[2]
    listed = created.listed(api, ending_before=last)
    expect_equal("the page before the last of 3, the latest 0,", listed, [0, 1])
    if created.is_exclusive:
        ids = api.ids(created.path, limit=1, ending_before=last, **created.query)
        expect_equal("the object directly before the last", (ids or [""])[0], created.ids[1])


def _has_more(create: Create, api: ApiClient) -> None:
    created = create(api, 3)
    first, _, last = created.ids
    cases: list[tuple[dict[str, object], bool]] = [
        ({"limit": 1}, True),
        ({"limit": 1, "starting_after": first}, True),
        ({"limit": 1, "ending_before": last}, True),
    ]
    if created.is_exclusive:
        cases += [
            ({"limit": 3}, False),
            ({"limit": 2, "starting_after": first}, False),
            ({"limit": 2, "ending_before": last}, False),
        ]
    for query, expected in cases:
        has_more, _ = api.page(created.path, **query, **created.query)
        parameters = " and ".join(f"{name}={value}" for name, value in query.items())
        expect_equal(f"has_more of 3 objects with {parameters}", has_more, expected)


def _follow(cursor: str, create: Create, api: ApiClient) -> None:
    created = create(api, 3)
    is_backwards = cursor == "ending_before"
    ids = [created.ids[-1 if is_backwards else 0]]
    for _ in created.ids:
        has_more, page = api.page(created.path, limit=1, **created.query, **{cursor: ids[-1]})
        ids += [item.id for item in page]
        if not has_more or not page:
            break
    positions = [created.ids.index(x) if x in created.ids else None for x in ids]
    expected = [2, 1, 0] if is_backwards else [0, 1, 2]
    expect_equal("the order of 3 objects, the latest 0,", positions, expected)


def _both_cursors(create: Create, api: ApiClient) -> None:
    created = create(api, 2)
    query = {"starting_after": created.ids[0], "ending_before": created.ids[1]}
    api.expect_error(400, "GET", created.path, query=query)


def _deleted_cursor(path: str, cursor: str, api: ApiClient) -> None:
    created = CREATE[path](api).id
    api.delete(path, created)
    api.expect_error(400, "GET", path, query={cursor: created})


def _refused(path: str, parameter: str, value: str, api: ApiClient) -> None:
    api.expect_error(400, "GET", path, query={parameter: value}, names=parameter)


# Filters


def _filter_checks() -> Iterator[ApiCheck]:
    where = "GET /conversations"
    for name in FLAGS:
        yield ApiCheck(where, f"{name}=true lists only matches", partial(_only, name))
        yield ApiCheck(where, f"{name}=false filters nothing", partial(_filters_nothing, name))
    yield ApiCheck(where, "group_id lists only the group's", _of_group)
    yield ApiCheck(where, "filters combine", _combined)
    rule = "a cursor that the filter excludes still marks a position"
    yield ApiCheck(where, rule, _excluded_cursor, DECIDED)
    yield ApiCheck("GET /groups", "archived=true lists only matches", _archived_groups)
    rule = "active=true lists only contacts that have been active"
    yield ApiCheck("GET /contacts", rule, _active, DECIDED)
    for path in ("messages", "attachments"):
        rule = "conversation_id lists only the conversation's"
        yield ApiCheck(f"GET /{path}", rule, partial(_of_conversation, path))
    for path, name, owner_path in (
        ("conversations", "group_id", "groups"),
        ("messages", "conversation_id", "conversations"),
        ("attachments", "conversation_id", "conversations"),
    ):
        run = partial(_deleted_owner, path, name, owner_path)
        yield ApiCheck(f"GET /{path}", f"{name} of a deleted object: an empty page", run, DECIDED)


def _group_with_two(api: ApiClient) -> tuple[str, list[str]]:
    """Return the ids of a group and of its two conversations, latest first."""
    group = api.group()
    first = api.home(group, "group_id").id
    return group.id, [api.conversation(group_id=group.id).id, first]


def _only(name: str, api: ApiClient) -> None:
    group, [match, _] = _group_with_two(api)
    api.update("conversations", match, FLAGS[name])
    ids = api.ids("conversations", group_id=group, **{name: "true"})
    expect_equal("the page, with 1 match of 2,", ids, [match])


def _filters_nothing(name: str, api: ApiClient) -> None:
    group, both = _group_with_two(api)
    api.update("conversations", both[0], FLAGS[name])
    ids = api.ids("conversations", group_id=group, **{name: "false"})
    expect_equal("the page", sorted(ids), sorted(both))


def _of_group(api: ApiClient) -> None:
    group, both = _group_with_two(api)
    _group_with_two(api)
    ids = api.ids("conversations", group_id=group)
    expect_equal("the page", sorted(ids), sorted(both))


def _combined(api: ApiClient) -> None:
    group, [match, other] = _group_with_two(api)
    api.update("conversations", match, {"is_muted": True, "is_pinned": True})
    api.update("conversations", other, {"is_muted": True})
    ids = api.ids("conversations", group_id=group, muted="true", pinned="true")
    expect_equal("the page", ids, [match])


def _excluded_cursor(api: ApiClient) -> None:
    group, [latest, first] = _group_with_two(api)
    api.update("conversations", first, {"is_muted": True})
    query = {"group_id": group, "muted": "true", "starting_after": latest}
    expect_equal("the page", api.ids("conversations", **query), [first])


def _archived_groups(api: ApiClient) -> None:
    plain, archived = api.group().id, api.group().id
    api.update("groups", archived, {"archived_at": NOW})
    _, page = api.page("groups", archived="true", limit=100)
    others = [group.id for group in page if group["archived_at"] is None]
    expect(not others, f"{len(others)} groups that are not archived")
    expect(plain not in [group.id for group in page], "a group that is not archived")


def _active(api: ApiClient) -> None:
    inactive = api.contact().id
    _, page = api.page("contacts", active="true", limit=100)
    others = [contact.id for contact in page if contact["last_active_at"] is None]
    expect(not others and inactive not in [x.id for x in page], "contacts that were never active")


def _of_conversation(path: str, api: ApiClient) -> None:
    conversation, [message] = api.messages(1)
    other = api.message(api.conversation().id).id
    expected = message
    if path == "attachments":
        expected = api.upload(fields=[("message_id", message)]).id
        api.upload(fields=[("message_id", other)])
    expect_equal("the page", api.ids(path, conversation_id=conversation), [expected])


def _deleted_owner(path: str, name: str, owner_path: str, api: ApiClient) -> None:
    owner = CREATE[owner_path](api).id
    api.delete(owner_path, owner)
    has_more, page = api.page(path, **{name: owner})
    expect_equal("the number of objects", len(page), 0)
    expect_equal("has_more", has_more, False)
