"""``with sandbox.expect(...)``: check what a block of a test changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.client.control import unknown_name
from mockserver.client.journal import JournalClient, change_line, error_message, request_line

MAX_LINES = 20
"""Number of changes of a kind, and of requests, that a failure lists."""


@dataclass
class Expectation:
    """The changes expected of a block; see ``Sandbox.expect``.

    ``counts`` are numbers of objects by verb (created, updated, deleted) and kind.
    """

    journal: JournalClient
    overview: Callable[[], Mapping[str, Any]]
    counts: Mapping[str, Mapping[str, int]]
    events: Sequence[str] | None
    nothing_else: bool
    #: The id of the last request before the block, or None.
    _since: str | None = field(default=None, init=False)
    #: Without such a request: how many requests the journal had evicted before the block.
    _evicted: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        kinds = self.overview()["counts"]
        for verb, numbers in self.counts.items():
            _check_counts(verb, numbers, kinds)
        types = [f"{kind}.{verb}" for kind in kinds for verb in self.counts]
        for event_type in self.events or ():
            if event_type not in types:
                raise ValueError(f"expect: {unknown_name('event type', event_type, types)}")

    def __enter__(self) -> None:
        self._since = self.overview()["last_request"]
        if self._since is None:
            self._evicted = self.journal.changes()["evicted"]

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        __tracebackhide__ = True  # makes pytest show the block
        if kind is not None:  # the error matters more than the changes it prevented
            return
        result = self.journal.changes(since=self._since)
        name = self.journal.name
        if self._since is None and result["evicted"] > self._evicted:
            raise AssertionError(
                f"sandbox '{name}' had more requests in the block than its journal keeps, so "
                "their changes are unknown; expect fewer requests in a block"
            )
        problems = [
            *self._wrong_counts(result["changes"], _updated_objects(result["events"])),
            *self._wrong_events([event["type"] for event in result["events"]]),
        ]
        if problems:
            requests = [self._line(entry) for entry in self.journal.list(since=self._since)]
            problems += ["requests of the block:", *_listed(requests or ["none"])]
            title = f"sandbox '{name}' did not change as expected"
            raise AssertionError("\n".join([title, *_indented(problems)]))

    def _wrong_counts(
        self, changes: Iterable[Mapping[str, Any]], announced: set[tuple[str, str]]
    ) -> Iterator[str]:
        """Yield each count that differs from the expected one, with its objects."""
        by_kind: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
        for change in changes:
            by_kind[change["change"], change["kind"]].append(change)
        for verb, numbers in self.counts.items():
            for kind, number in numbers.items():
                actual = by_kind.pop((verb, kind), [])
                if len(actual) != number:
                    yield f"{verb} {kind}: expected {number}, was {len(actual)}"
                    yield from _listed([change_line(change) for change in actual])
        if not self.nothing_else:
            return
        for (verb, kind), actual in by_kind.items():
            if verb == "updated":
                actual = [change for change in actual if (kind, change["id"]) in announced]
            if actual:
                yield f"{verb} {kind}: expected nothing else, was {len(actual)}"
                yield from _listed([change_line(change) for change in actual])

    def _wrong_events(self, types: Sequence[str]) -> Iterator[str]:
        if self.events is not None and types != self.events:
            yield "events:"
            yield f"  expected {', '.join(self.events) or 'none'}"
            yield f"  was      {', '.join(types) or 'none'}"

    def _line(self, entry: Mapping[str, Any]) -> str:
        failed = entry["status"] >= 400
        return request_line(entry, error_message(self.journal.get(entry["id"])) if failed else "")


def _check_counts(verb: str, numbers: Mapping[str, int], kinds: Iterable[str]) -> None:
    """Raise ``ValueError`` unless ``numbers`` maps kinds to counts."""
    if not isinstance(numbers, Mapping):
        raise ValueError(f"expect: {verb} must map kinds to numbers, such as {{'message': 1}}")
    for kind, number in numbers.items():
        if kind not in kinds:
            raise ValueError(f"expect: {verb}: {unknown_name('kind', kind, list(kinds))}")
        if type(number) is not int or number < 0:
            raise ValueError(f"expect: {verb}: {kind} must be an integer >= 0, not {number!r}")


def _updated_objects(events: Iterable[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """Return kind and id of each object whose update was announced by an event."""
    parts = ((event["type"].partition("."), event["payload"]["id"]) for event in events)
    return {(kind, id_) for (kind, _, verb), id_ in parts if verb == "updated"}


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _listed(lines: Sequence[str]) -> list[str]:
    """Return the lines indented, and only the first ``MAX_LINES`` of them."""
    hidden = len(lines) - MAX_LINES
    return _indented([*lines[:MAX_LINES], *([f"… and {hidden} more"] if hidden > 0 else [])])
