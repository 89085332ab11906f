"""The context manager of ``Sandbox.expect``, which checks what a block of a test changed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.client import types
from mockserver.client.journal import JournalClient, change_line, request_line
from mockserver.errors import unknown_name

MAX_LINES = 20  # changes of each verb and kind, and requests, in a failure message


@dataclass
class Expectation:
    """The changes expected of a block; see ``Sandbox.expect``.

    ``counts`` has the expected number of objects by verb (created, updated, deleted) and kind.
    ``overview`` returns the sandbox's current overview.
    """

    journal: JournalClient
    overview: Callable[[], Mapping[str, Any]]
    counts: Mapping[str, Mapping[str, int]]
    events: Sequence[str] | None
    nothing_else: bool
    #: The id of the last request before the block.
    _since: str | None = field(default=None, init=False)
    #: If there was no request before the block: how many the journal had evicted by then.
    _evicted: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        kinds = self.overview()["counts"]
        for verb, numbers in self.counts.items():
            _check_counts(verb, numbers, kinds)
        known = [f"{kind}.{verb}" for kind in kinds for verb in self.counts]
        for event_type in self.events or ():
            if event_type not in known:
                raise ValueError(f"expect: {unknown_name('event type', event_type, known)}")

    def __enter__(self) -> None:
        self._since = self.overview()["last_request"]
        if self._since is None:
            self._evicted = self.journal.changes()["evicted"]

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        __tracebackhide__ = True  # makes pytest show the block
        if kind is not None:  # let the block's own error propagate
            return
        result = self.journal.changes(since=self._since)
        if self._since is None and result["evicted"] > self._evicted:
            raise AssertionError(
                f"sandbox '{self.journal.name}' had more requests in the block than its journal "
                "keeps, so their changes are unknown; send fewer requests in one block"
            )
        problems = list(self._problems(result))
        if problems:
            requests = [self._line(entry) for entry in self.journal.list(since=self._since)]
            problems += ["requests of the block:", *_listed(requests or ["none"])]
            problems += self.journal.strays()["advice"]
            title = f"sandbox '{self.journal.name}' did not change as expected"
            raise AssertionError("\n  ".join([title, *problems]))

    def _problems(self, result: types.ChangesDict) -> Iterator[str]:
        """Yield a line for each wrong count, its objects, and the events if they are wrong."""
        by_kind: dict[tuple[str, str], list[types.ChangeDict]] = defaultdict(list)
        for change in result["changes"]:
            by_kind[change["change"], change["kind"]].append(change)
        for verb, numbers in self.counts.items():
            for kind, number in numbers.items():
                actual = by_kind.pop((verb, kind), [])
                if len(actual) != number:
                    yield f"{verb} {kind}: expected {number}, found {len(actual)}"
                    yield from _listed([change_line(change) for change in actual])
        if self.nothing_else:
            emitted = {(event["type"], event["payload"]["id"]) for event in result["events"]}
            for (verb, kind), actual in by_kind.items():
                if verb == "updated":
                    actual = [item for item in actual if (f"{kind}.{verb}", item["id"]) in emitted]
                if actual:
                    yield f"{verb} {kind}: expected nothing else, found {len(actual)}"
                    yield from _listed([change_line(change) for change in actual])
        event_types = [event["type"] for event in result["events"]]
        if self.events is not None and event_types != self.events:
            yield "events:"
            yield f"  expected {', '.join(self.events) or 'none'}"
            yield f"  found    {', '.join(event_types) or 'none'}"

    def _line(self, entry: types.RequestDict) -> str:
        """Return a line about a request, with the message of an error response."""
        message = ""
        if entry["status"] >= 400:
            body = self.journal.get(entry["id"])["response"]["body"]
            message = str(body.get("message", "")) if isinstance(body, dict) else ""
        return request_line(entry, message)


def _check_counts(verb: str, numbers: Mapping[str, int], kinds: Iterable[str]) -> None:
    """Raise ``ValueError`` unless ``numbers`` maps known kinds to integers >= 0."""
    if not isinstance(numbers, Mapping):
        raise ValueError(
            f"expect: {verb} must map kinds to numbers, such as {{'message': 1}}, not {numbers!r}"
        )
    for kind, number in numbers.items():
        if kind not in kinds:
            raise ValueError(f"expect: {verb}: {unknown_name('kind', kind, list(kinds))}")
        if type(number) is not int or number < 0:
            raise ValueError(f"expect: {verb}: {kind} must be an integer >= 0, not {number!r}")


def _listed(lines: Sequence[str]) -> list[str]:
    """Return the first ``MAX_LINES`` lines, indented, and the number of the others."""
    hidden = len(lines) - MAX_LINES
    listed = [*lines[:MAX_LINES], f"… and {hidden} more"] if hidden > 0 else lines
    return [f"  {line}" for line in listed]
