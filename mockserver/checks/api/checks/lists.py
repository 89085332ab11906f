"""Checks of lists: order, limit, cursors and filters (contract/reference.md, "Pagination").

Other clients may create objects during the run. So a page is compared as a whole only if a filter
limits it to objects of this run; otherwise other objects on the page are ignored.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mockserver.checks.api.api_client import MAX_PAGES, ApiClient, endpoint_of
from mockserver.checks.api.checks.endpoints import NOW, OBJECTS
from mockserver.checks.api.results import (
    DECIDED,
    DOCUMENTED,
    ApiCheck,
    Unclear,
    expect,
    expect_equal,
)

EXCLUSIVE = ("conversations", "messages", "attachments")
"""The lists that have a filter by which they can be limited to objects of this run."""
ORDER = "latest first"
LIMIT = "limit bounds the page"
AFTER = "starting_after: the objects after the given one"
BEFORE = "ending_before: the objects before the given one, in the same order"
HAS_MORE = "has_more: whether there are more objects in the direction of travel"


@dataclass(frozen=True)
class CreatedList:
    """Objects of this run, latest first. ``query`` limits the list to them, unless it is empty."""

    api: ApiClient
    path: str
    ids: list[str]
    query: dict[str, str]

    def page(self, **query: Any) -> tuple[bool, list[str]]:
        """Return ``has_more`` and the ids of a page."""
        has_more, items = self.api.page(self.path, **self.query, **query)
        return has_more, [item.id for item in items]

    def listed(self, **cursor: str) -> list[int]:
        """List all pages after a cursor; return the indices in ``ids`` of this run's objects."""
        ids: list[str] = []
        is_backward = "ending_before" in cursor
        for _ in range(1 if self.query else MAX_PAGES):
            has_more, page = self.page(limit=100, **cursor)
            # With ending_before, each further page precedes the earlier ones.
            ids = [*page, *ids] if is_backward else [*ids, *page]
            if not has_more or not page or set(self.ids) <= set(ids):
                break
            cursor = {"ending_before": page[0]} if is_backward else {"starting_after": page[-1]}
        return [self.ids.index(record_id) for record_id in ids if record_id in self.ids]


def _create(api: ApiClient, path: str, number: int = 3) -> CreatedList:
    """Create objects, and the query that limits a list to them if the list has such a filter."""
    query = {}
    if path == "conversations":
        group = api.group()
        query = {"group_id": group.id}
        items = [api.home(group), *(api.conversation(group) for _ in range(number - 1))]
    elif path in EXCLUSIVE:
        conversation = api.conversation()
        query = {"conversation_id": conversation.id}
        if path == "messages":
            items = [api.message(conversation) for _ in range(number)]
        else:
            message = api.message(conversation)
            items = [api.upload(message) for _ in range(number)]
    else:
        items = [api.new(path) for _ in range(number)]
    return CreatedList(api, path, [item.id for item in reversed(items)], query)


def checks() -> Iterator[ApiCheck]:
    for path in OBJECTS:
        yield from _page_checks(path)
    yield from _filter_checks()


def _page_checks(path: str) -> Iterator[ApiCheck]:
    where = endpoint_of(path, "list")
    yield ApiCheck(where, ORDER, DECIDED, _order, (path,))
    yield ApiCheck(where, LIMIT, DOCUMENTED, _page_size, (path, 3, {"limit": 2}, 2))
    rule = "at most ten objects without a limit"
    yield ApiCheck(where, rule, DOCUMENTED, _page_size, (path, 11, {}, 10))
    yield ApiCheck(where, AFTER, DOCUMENTED, _after, (path,), (ORDER,))
    yield ApiCheck(where, BEFORE, DOCUMENTED, _before, (path,), (ORDER,))
    depends_on = (ORDER, LIMIT, AFTER, BEFORE)
    yield ApiCheck(where, HAS_MORE, DOCUMENTED, _has_more, (path,), depends_on)
    yield ApiCheck(where, "both cursors at once: 400", DECIDED, _both_cursors, (path,))
    for cursor in ("starting_after", "ending_before"):
        if path in EXCLUSIVE:
            rule, args = f"following {cursor} returns each object once", (path, cursor)
            yield ApiCheck(where, rule, DOCUMENTED, _follow, args, (*depends_on, HAS_MORE))
        rule = f"{cursor} with a deleted object: 400"
        yield ApiCheck(where, rule, DECIDED, _deleted_cursor, (path, cursor))
    for limit in ("0", "101", "ten"):
        yield ApiCheck(where, f"limit={limit}: 400", DOCUMENTED, _refused, (path, "limit", limit))
    unknown = (path, "mockserver_check", "1")
    yield ApiCheck(where, "an unknown parameter: 400", DECIDED, _refused, unknown)


def _order(api: ApiClient, path: str) -> None:
    created = _create(api, path)
    listed = created.listed()
    if set(listed) != {0, 1, 2}:
        if created.query:
            expect_equal("the number of listed objects", len(listed), 3)
        raise Unclear(f"some objects of this run are not on the first {MAX_PAGES} pages of 100")
    expect_equal("the order of 3 objects (0 is the latest)", listed, [0, 1, 2])


def _page_size(
    api: ApiClient, path: str, number: int, query: dict[str, int], expected: int
) -> None:
    _, ids = _create(api, path, number).page(**query)
    expect_equal(f"the number of objects on the page ({number} exist)", len(ids), expected)


def _after(api: ApiClient, path: str) -> None:
    created = _create(api, path)
    listed = created.listed(starting_after=created.ids[0])
    expect_equal("the page after the first of 3 objects (0 is the latest)", listed, [1, 2])


def _before(api: ApiClient, path: str) -> None:
    created = _create(api, path)
    _, middle, last = created.ids
    listed = created.listed(ending_before=last)
    expect_equal("the page before the last of 3 objects (0 is the latest)", listed, [0, 1])
    if created.query:
        _, ids = created.page(limit=1, ending_before=last)
        expect_equal("the object directly before the last", (ids or [""])[0], middle)


def _has_more(api: ApiClient, path: str) -> None:
    created = _create(api, path)
    first, _, last = created.ids
    for cursor, others in (({}, 3), ({"starting_after": first}, 2), ({"ending_before": last}, 2)):
        for limit, expected in ((1, True), (others, False)):
            if expected or created.query:
                query = {"limit": limit, **cursor}
                has_more, _ = created.page(**query)
                parameters = " and ".join(f"{name}={value}" for name, value in query.items())
                expect_equal(f"has_more of 3 objects with {parameters}", has_more, expected)


def _follow(api: ApiClient, path: str, cursor: str) -> None:
    created = _create(api, path)
    expected = [2, 1, 0] if cursor == "ending_before" else [0, 1, 2]
    ids = [created.ids[expected[0]]]
    for _ in created.ids:
        has_more, page = created.page(limit=1, **{cursor: ids[-1]})
        ids += page
        if not has_more or not page:
            break
    positions = [created.ids.index(x) if x in created.ids else None for x in ids]
    expect_equal("the order of 3 objects (0 is the latest)", positions, expected)


def _both_cursors(api: ApiClient, path: str) -> None:
    latest, first = _create(api, path, 2).ids
    api.expect_error(400, "GET", path, query={"starting_after": latest, "ending_before": first})


def _deleted_cursor(api: ApiClient, path: str, cursor: str) -> None:
    api.expect_error(400, "GET", path, query={cursor: api.deleted(path).id})


def _refused(api: ApiClient, path: str, parameter: str, value: str) -> None:
    api.expect_error(400, "GET", path, query={parameter: value}, naming=parameter)


def _filter_checks() -> Iterator[ApiCheck]:
    where = "GET /conversations"
    for row in OBJECTS["conversations"]["filters"]:
        args = (row["updates"], row["query"], row["matches"])
        yield ApiCheck(where, row["rule"], DOCUMENTED, _filtered, args)
    rule = "a cursor that the filter excludes still marks a position"
    yield ApiCheck(where, rule, DECIDED, _excluded_cursor)
    rule, args = "archived=true lists only matches", ("groups", "archived", "archived_at")
    yield ApiCheck("GET /groups", rule, DOCUMENTED, _matching, args)
    rule = "active=true lists only contacts that have been active"
    args = ("contacts", "active", "last_active_at")
    yield ApiCheck("GET /contacts", rule, DECIDED, _matching, args)
    for path in ("messages", "attachments"):
        rule = f"conversation_id lists only the {path} of the conversation"
        yield ApiCheck(endpoint_of(path, "list"), rule, DOCUMENTED, _of_conversation, (path,))
    owners = {"conversations": "group", "messages": "conversation", "attachments": "conversation"}
    for path, owner in owners.items():
        where, rule = endpoint_of(path, "list"), f"{owner}_id of a deleted object: an empty page"
        yield ApiCheck(where, rule, DECIDED, _deleted_owner, (path, owner))


def _filtered(
    api: ApiClient, updates: list[dict[str, Any]], query: dict[str, str], expected: list[int]
) -> None:
    """Update a group's two conversations, latest first; expect a query to match some of them."""
    api.home(api.group())  # belongs to another group, so the filter must exclude it
    group = api.group()
    first, latest = api.home(group), api.conversation(group)
    conversations = [latest, first]
    for conversation, values in zip(conversations, updates, strict=False):
        conversation.update(values)
    matches = [conversations[index] for index in expected]
    api.expect_page(matches, "conversations", group_id=group.id, **query)


def _excluded_cursor(api: ApiClient) -> None:
    group = api.group()
    muted, latest = api.home(group), api.conversation(group)
    muted.update({"is_muted": True})
    query = {"group_id": group.id, "muted": "true", "starting_after": latest.id}
    api.expect_page([muted], "conversations", **query)


def _matching(api: ApiClient, path: str, flag: str, attribute: str) -> None:
    """Expect a flag to filter out the objects whose ``attribute`` is null."""
    if path == "groups":
        api.group().update({attribute: NOW})
    other = api.new(path)
    _, page = api.page(path, limit=100, **{flag: "true"})
    others = [item.id for item in page if item[attribute] is None or item.id == other.id]
    expect(not others, f"{len(others)} {path} whose {attribute} is null")


def _of_conversation(api: ApiClient, path: str) -> None:
    conversation = api.conversation()
    message, other = api.message(conversation), api.message()
    expected = message
    if path == "attachments":
        expected = api.upload(message)
        api.upload(other)
    api.expect_page([expected], path, conversation_id=conversation.id)


def _deleted_owner(api: ApiClient, path: str, owner: str) -> None:
    has_more, page = api.page(path, **{f"{owner}_id": api.deleted(f"{owner}s").id})
    expect_equal("the number of objects", len(page), 0)
    expect_equal("has_more", has_more, False)
