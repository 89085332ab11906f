"""``with sandbox.expect(…)``: what a block of a test must have changed, and what not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any

from mockserver.client.formatting import change_line, refusal_of, request_line
from mockserver.client.suggestions import unknown

if TYPE_CHECKING:
    from mockserver.client.sandbox import Sandbox

MOST = 20
"""Most changes of a kind, and most requests, that a failure shows."""


@dataclass
class Expectation:
    """What is expected of a block; ``Sandbox.expect`` makes it, and tells what it means.

    ``counts`` are numbers of objects by verb (created, updated, deleted) and kind.
    """

    sandbox: Sandbox
    counts: Mapping[str, Mapping[str, int]]
    events: Sequence[str] | None
    nothing_else: bool
    #: The last request before the block; None where there is none.
    _mark: str | None = field(default=None, init=False)
    #: Where there is none: how many the journal had evicted before the block.
    _evicted: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        kinds = self.sandbox.overview()["counts"]
        for verb, numbers in self.counts.items():
            _check_counts(verb, numbers, kinds)
        types = [f"{kind}.{verb}" for kind in kinds for verb in self.counts]
        for each in self.events or ():
            if each not in types:
                raise ValueError(f"expect: {unknown('event type', each, types)}")

    def __enter__(self) -> None:
        self._mark = self.sandbox.overview()["last_request"]
        if self._mark is None:
            self._evicted = self.sandbox.changes()["evicted"]

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        __tracebackhide__ = True  # pytest shows the block then, not us
        if error is not None:  # it says more than what is missing because of it
            return
        told = self.sandbox.changes(since=self._mark)
        if self._mark is None and told["evicted"] > self._evicted:
            raise AssertionError(
                f"the sandbox '{self.sandbox.name}' had more requests in the block than its "
                "journal keeps, so nobody knows what they changed; expect of fewer at a time"
            )
        problems = [
            *self._miscounted(told["changes"], _announced(told["events"])),
            *self._other_events([event["type"] for event in told["events"]]),
        ]
        if problems:
            lines = [self._line(each) for each in self.sandbox.requests(since=self._mark)]
            problems += ["requests of the block:", *_listed(lines or ["none"])]
            title = f"the sandbox '{self.sandbox.name}' did not change as expected"
            raise AssertionError("\n".join([title, *_indented(problems)]))

    def _miscounted(
        self, changes: Iterable[Mapping[str, Any]], announced: set[tuple[str, str]]
    ) -> Iterator[str]:
        """What came in another number than expected, with each object."""
        found: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
        for change in changes:
            found[change["change"], change["kind"]].append(change)
        for verb, numbers in self.counts.items():
            for kind, number in numbers.items():
                there = found.pop((verb, kind), [])
                if len(there) != number:
                    yield f"{verb} {kind}: expected {number}, was {len(there)}"
                    yield from _listed([change_line(each) for each in there])
        if not self.nothing_else:
            return
        for (verb, kind), there in found.items():
            if verb == "updated":
                there = [each for each in there if (kind, each["id"]) in announced]
            if there:
                yield f"{verb} {kind}: expected nothing else, was {len(there)}"
                yield from _listed([change_line(each) for each in there])

    def _line(self, entry: Mapping[str, Any]) -> str:
        refused = entry["status"] >= 400
        return request_line(entry, refusal_of(self.sandbox.request(entry["id"])) if refused else "")

    def _other_events(self, types: Sequence[str]) -> Iterator[str]:
        if self.events is not None and types != self.events:
            yield "events:"
            yield f"  expected {', '.join(self.events) or 'none'}"
            yield f"  was      {', '.join(types) or 'none'}"


def _check_counts(verb: str, numbers: Mapping[str, int], kinds: Iterable[str]) -> None:
    """Raise ``ValueError`` unless these are numbers by kind."""
    if not isinstance(numbers, Mapping):
        raise ValueError(f"expect: {verb} must be numbers by kind, such as {{'message': 1}}")
    for kind, number in numbers.items():
        if kind not in kinds:
            raise ValueError(f"expect: {verb}: {unknown('kind', kind, list(kinds))}")
        if type(number) is not int or number < 0:
            raise ValueError(f"expect: {verb}: {kind} must be a number from 0, not {number!r}")


def _announced(events: Iterable[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """Kind and id of each object whose update was an event of its own."""
    parted = ((event["type"].partition("."), event["payload"]["id"]) for event in events)
    return {(kind, id_) for (kind, _, verb), id_ in parted if verb == "updated"}


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _listed(lines: Sequence[str]) -> list[str]:
    """The lines below their title; of very many, the first."""
    more = len(lines) - MOST
    return _indented([*lines[:MOST], *([f"… and {more} more"] if more > 0 else [])])
