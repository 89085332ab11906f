"""Pages: order, cursors, limits, and whether there is more (reference, "Pagination")."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from mockserver.conformance.bench import PAGES, Bench, endpoint_of
from mockserver.conformance.check import Check, holds, same
from mockserver.conformance.checks.endpoints import MAKERS
from mockserver.conformance.rows import DECIDED, DOCUMENTED, Unclear

ORDER = "latest first"
LIMIT = "limit bounds the page"
AFTER = "starting_after: the page that follows"
BEFORE = "ending_before: the page that precedes"
MORE = "has_more while there is more, in the direction of travel"
#: Lists of which a filter shows our own objects alone.
ISOLATED = {"conversations": "group_id", "messages": "conversation_id", "attachments": "conversation_id"}
REFUSALS = {
    "limit=0, 101 or no number: 400": (DOCUMENTED, [{"limit": each} for each in (0, 101, "ten")]),
    "an unknown parameter: 400": (DECIDED, [{"mockserver_verify": 1}]),
}


def checks() -> Iterator[Check]:
    for path in MAKERS:
        where = endpoint_of(path, "list")
        run = _three if path in ISOLATED else _latest
        for rule, trial, basis, rests_on in (
            (ORDER, _order, DECIDED, ()),
            (LIMIT, _limit, DOCUMENTED, ()),
            (AFTER, _after, DOCUMENTED, (ORDER,)),
            (BEFORE, _before, DOCUMENTED, (ORDER,)),
            (MORE, _more, DOCUMENTED, (LIMIT,)),
            ("ten objects where no limit is given", _ten, DOCUMENTED, ()),
            ("both cursors at once: 400", _both, DECIDED, ()),
        ):
            yield Check(where, rule, partial(trial, run, path), basis, rests_on)
        for rule, (basis, queries) in REFUSALS.items():
            yield Check(where, rule, partial(_refused, path, queries), basis)
        for cursor in ("starting_after", "ending_before"):
            run_it = partial(_deleted_cursor, path, cursor)
            yield Check(where, f"{cursor} of what is no more: 400", run_it, DECIDED)
    for path in ISOLATED:
        rests_on = (ORDER, LIMIT, AFTER, BEFORE, MORE)
        where = endpoint_of(path, "list")
        for cursor in ("starting_after", "ending_before"):
            rule = f"walked by {cursor}, each object once"
            yield Check(where, rule, partial(_walk, path, cursor), DOCUMENTED, rests_on)


class _Three:
    """Three objects of ours, latest first, in a list that ``query`` narrows to them if it can."""

    def __init__(self, ids: list[str], query: dict[str, str], *, alone: bool) -> None:
        self.ids, self.query, self.alone = ids, query, alone

    def among(self, found: list[str]) -> list[str]:
        return found if self.alone else [each for each in found if each in self.ids]


def _three(bench: Bench, path: str, number: int = 3) -> _Three:
    if path == "conversations":
        group = bench.group()
        made = [bench.conversation(group_id=group.id).id for _ in range(number - 1)]
        first = bench.home(group, "group_id").id
        return _Three([*made[::-1], first], {"group_id": group.id}, alone=True)
    conversation, ids = bench.messages(number if path == "messages" else 1)
    if path == "attachments":
        ids = [bench.upload(fields=[("message_id", ids[0])]).id for _ in range(number)][::-1]
    return _Three(ids, {"conversation_id": conversation}, alone=True)


def _latest(bench: Bench, path: str, number: int = 3) -> _Three:
    ids = [MAKERS[path](bench).id for _ in range(number)][::-1]
    return _Three(ids, {}, alone=False)


def _order(make: type, path: str, bench: Bench) -> None:
    three = make(bench, path)
    for _ in range(1):
        found = three.among(bench.ids(path, limit=100, **three.query))
    if not three.alone and set(found) != set(three.ids):
        raise Unclear("others write so much that our own are not on the first page of a hundred")
    same("the order of ours", _places(found, three), _places(three.ids, three))
