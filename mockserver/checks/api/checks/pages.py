"""Pages: order, limits, cursors, and whether there is more (reference, "Pagination").

Lists hold what others made too, and others may write meanwhile. Where a filter shows our own
objects alone, a page is known to the last object; else only ours on it are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from mockserver.checks.api.api_client import PAGES, ConformanceClient, endpoint_of
from mockserver.checks.api.check import Check, holds, same
from mockserver.checks.api.checks.endpoints import MAKERS
from mockserver.checks.api.rows import DECIDED, DOCUMENTED, Basis, Unclear

ORDER = "latest first"
LIMIT = "limit bounds the page"
TEN = "ten objects at most where no limit is given"
AFTER = "starting_after: what follows that object"
BEFORE = "ending_before: what precedes it, in the same order"
MORE = "has_more: whether more lies beyond, in the direction of travel"
EACH_ONCE = "walked by {}, each object comes once"


@dataclass(frozen=True)
class Stack:
    """Objects of ours, latest first; ``alone`` where ``query`` shows no others."""

    path: str
    ids: list[str]
    query: dict[str, str] = field(default_factory=dict)

    @property
    def alone(self) -> bool:
        return bool(self.query)

    def ours(self, bench: ConformanceClient, **cursor: str) -> list[int]:
        """Which of ours a list shows from ``cursor`` on: 0 is the latest."""
        found: list[str] = []
        for _ in range(1 if self.alone else PAGES):
            more, page = bench.page(self.path, limit=100, **self.query, **cursor)
            found += [each.id for each in page]
            if not more or not page or set(self.ids) <= set(found):
                break
            if "ending_before" in cursor:  # the page before comes before
                found = [*found[-len(page) :], *found[: -len(page)]]
                cursor = {"ending_before": page[0].id}
            else:
                cursor = {"starting_after": page[-1].id}
        return [self.ids.index(each) for each in found if each in self.ids]


def contacts(bench: ConformanceClient, number: int) -> Stack:
    return Stack("contacts", [bench.contact().id for _ in range(number)][::-1])


def conversations(bench: ConformanceClient, number: int) -> Stack:
    group = bench.group()
    made = [bench.conversation(group_id=group.id).id for _ in range(number - 1)]
    ids = [*made[::-1], bench.home(group, "group_id").id]
    return Stack("conversations", ids, {"group_id": group.id})


def groups(bench: ConformanceClient, number: int) -> Stack:
    return Stack("groups", [bench.group().id for _ in range(number)][::-1])


def messages(bench: ConformanceClient, number: int) -> Stack:
    conversation, ids = bench.messages(number)
    return Stack("messages", ids, {"conversation_id": conversation})


def attachments(bench: ConformanceClient, number: int) -> Stack:
    conversation, [message] = bench.messages(1)
    made = [bench.upload(fields=[("message_id", message)]).id for _ in range(number)]
    return Stack("attachments", made[::-1], {"conversation_id": conversation})


Make = Callable[[ConformanceClient, int], Stack]
Trial = Callable[[Make, ConformanceClient], None]

STACKS: dict[str, Make] = {
    "contacts": contacts,
    "conversations": conversations,
    "groups": groups,
    "messages": messages,
    "attachments": attachments,
}
ALONE = ("conversations", "messages", "attachments")


def checks() -> Iterator[Check]:
    for path, stack in STACKS.items():
        where = endpoint_of(path, "list")
        rules: tuple[tuple[str, Trial, Basis, tuple[str, ...]], ...] = (
            (ORDER, _order, DECIDED, ()),
            (LIMIT, _limit, DOCUMENTED, ()),
            (TEN, _ten, DOCUMENTED, ()),
            (AFTER, _after, DOCUMENTED, (ORDER,)),
            (BEFORE, _before, DOCUMENTED, (ORDER,)),
            (MORE, _more, DOCUMENTED, (ORDER, LIMIT, AFTER, BEFORE)),
            ("both cursors at once: 400", _both, DECIDED, ()),
        )
        for rule, run, basis, rests_on in rules:
            yield Check(where, rule, partial(run, stack), basis, rests_on)
        for cursor in ("starting_after", "ending_before"):
            if path in ALONE:
                needs = (ORDER, LIMIT, AFTER, BEFORE, MORE)
                walk = partial(_walk, cursor, stack)
                yield Check(where, EACH_ONCE.format(cursor), walk, DOCUMENTED, needs)
            rule = f"{cursor} of what is no more: 400"
            yield Check(where, rule, partial(_no_such_cursor, path, cursor), DECIDED)
        for limit in ("0", "101", "ten"):
            rule = f"limit={limit}: 400"
            yield Check(where, rule, partial(_refused, path, "limit", limit), DOCUMENTED)
        unknown = partial(_refused, path, "mockserver_check", "1")
        yield Check(where, "an unknown parameter: 400", unknown, DECIDED)


def _order(stack: Make, bench: ConformanceClient) -> None:
    made = stack(bench, 3)
    found = made.ours(bench)
    if set(found) != {0, 1, 2}:
        if made.alone:
            same("how many of three are shown", len(found), 3)
        raise Unclear(f"not all of ours are on the first {PAGES} pages of a hundred")
    same("the order of three, the latest 0,", found, [0, 1, 2])


def _limit(stack: Make, bench: ConformanceClient) -> None:
    made = stack(bench, 3)
    found = bench.ids(made.path, limit=2, **made.query)
    same("the number of objects on a page of 2", len(found), 2)


def _ten(stack: Make, bench: ConformanceClient) -> None:
    made = stack(bench, 11)
    found = bench.ids(made.path, **made.query)
    same("the number of objects on the page, of 11", len(found), 10)


def _after(stack: Make, bench: ConformanceClient) -> None:
    made = stack(bench, 3)
    found = made.ours(bench, starting_after=made.ids[0])
    same("what follows the first of three, the latest 0,", found, [1, 2])


def _before(stack: Make, bench: ConformanceClient) -> None:
    made = stack(bench, 3)
    found = made.ours(bench, ending_before=made.ids[2])
    same("what precedes the last of three, the latest 0,", found, [0, 1])
    if made.alone:
        near, *_ = bench.ids(made.path, limit=1, ending_before=made.ids[2], **made.query) or [""]
        same("the one directly before the last", near, made.ids[1])


def _more(stack: Make, bench: ConformanceClient) -> None:
    made = stack(bench, 3)
    asked: list[tuple[dict[str, object], bool]] = [
        ({"limit": 1}, True),
        ({"limit": 1, "starting_after": made.ids[0]}, True),
        ({"limit": 1, "ending_before": made.ids[2]}, True),
    ]
    if made.alone:
        asked += [
            ({"limit": 3}, False),
            ({"limit": 2, "starting_after": made.ids[0]}, False),
            ({"limit": 2, "ending_before": made.ids[2]}, False),
        ]
    for query, wanted in asked:
        more, _ = bench.page(made.path, **query, **made.query)
        told = " and ".join(f"{name}={value}" for name, value in query.items())
        same(f"has_more of three objects, asked for with {told},", more, wanted)


def _walk(cursor: str, stack: Make, bench: ConformanceClient) -> None:
    made = stack(bench, 3)
    backwards = cursor == "ending_before"
    found = [made.ids[-1 if backwards else 0]]
    for _ in made.ids:
        more, page = bench.page(made.path, limit=1, **made.query, **{cursor: found[-1]})
        found += [each.id for each in page]
        if not more or not page:
            break
    wanted = made.ids[::-1] if backwards else made.ids
    places = [made.ids.index(each) if each in made.ids else None for each in found]
    same("what came, the latest 0,", places, [made.ids.index(each) for each in wanted])


def _both(stack: Make, bench: ConformanceClient) -> None:
    made = stack(bench, 2)
    query = {"starting_after": made.ids[0], "ending_before": made.ids[1]}
    bench.refused(400, "GET", made.path, query=query)


def _no_such_cursor(path: str, cursor: str, bench: ConformanceClient) -> None:
    made = MAKERS[path](bench)
    bench.delete(path, made.id)
    bench.refused(400, "GET", path, query={cursor: made.id})


def _refused(path: str, parameter: str, value: str, bench: ConformanceClient) -> None:
    answer = bench.refused(400, "GET", path, query={parameter: value})
    told = answer.json.get("message") if isinstance(answer.json, dict) else ""
    if isinstance(told, str) and told:
        holds(parameter in told, f"a message that does not name it: {told}")
