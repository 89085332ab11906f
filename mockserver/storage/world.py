"""A world: what the real API would have on its side, and how one request changes it.

Everything is written through the four verbs here (``add``, ``replace``, ``remove``, ``keep``), so
that every change is known: the journal tells it, and an error of our own in the middle of a
request takes it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple, TypeVar

from mockserver.storage.clock import Clock
from mockserver.storage.collection import Collection, Indexing, Record
from mockserver.storage.cow_map import CopyOnWriteMap
from mockserver.storage.ids import Ids

V = TypeVar("V")


class Change(NamedTuple):
    """One record before and after; None where it was not there."""

    kind: str
    before: Record | None
    after: Record | None


class Event(NamedTuple):
    """Something that happened: the reference's event object, the payload as shown to clients."""

    id: str
    type: str
    payload: Record


@dataclass(slots=True)
class ChangeSet:
    """What one request did: its changes, and its events in the order they are announced."""

    changes: list[Change] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


class World:
    """The objects, ids and clock of one sandbox, and the request now under way.

    ``files`` holds uploaded bytes by attachment id; ``departed`` the last state of contacts who
    are gone while messages of theirs remain.
    """

    def __init__(self, kinds: Mapping[str, Indexing], user_id: str, clock: Clock, ids: Ids) -> None:
        self.user_id = user_id
        self.clock = clock
        self.ids = ids
        self.collections = {kind: Collection(indexing) for kind, indexing in kinds.items()}
        self.files: CopyOnWriteMap[str, bytes] = CopyOnWriteMap()
        self.departed: CopyOnWriteMap[str, Record] = CopyOnWriteMap()
        #: How often it has changed, for those who look whether there is anything new.
        self.moves = 0
        self.begin()

    def __getitem__(self, kind: str) -> Collection:
        return self.collections[kind]

    # one request

    def begin(self, moment: int | None = None) -> None:
        """Start a request: nothing has happened in it yet.

        What is no request has a ``moment`` of its own, and moves no clock.
        """
        self._moment = moment
        self._changes: list[Change] = []
        self._announced: list[tuple[str, str, Callable[[], Record]]] = []
        self._undo: list[Callable[[], None]] = []
        self._marks = self.clock.mark(), dict(self.ids.counts)

    def finish(self) -> ChangeSet:
        """End the request. Payloads are rendered only now (reference, "Events and webhooks")."""
        events = [Event(id_, kind, render()) for id_, kind, render in self._announced]
        self.moves += bool(self._changes)
        return ChangeSet(self._changes, events)

    def abandon(self) -> None:
        """Take back all that the request has written: it failed by an error of our own."""
        for undo in reversed(self._undo):
            undo()
        moment, counts = self._marks
        self.clock.restore(moment)
        self.ids.counts = counts

    def let_go(self) -> None:
        """Forget how to render and to undo: those point back here, and would keep a world that is
        thrown away in memory until the garbage collector comes by."""
        self._announced = []
        self._undo = []

    def moment(self) -> int:
        """The time of this request's change, the same throughout; the first call moves the clock.

        Called only once it is certain that something changes.
        """
        if self._moment is None:
            self._moment = self.clock.tick()
        return self._moment

    # the verbs

    def new_id(self, kind: str) -> str:
        return self.ids.new(kind, self.collections[kind])

    def add(self, kind: str, record: Record) -> None:
        collection = self.collections[kind]
        collection.add(record)
        self._changes.append(Change(kind, None, record))
        self._undo.append(partial(collection.remove, (record["id"],)))

    def replace(self, kind: str, record: Record) -> None:
        collection = self.collections[kind]
        before = collection[record["id"]]
        collection.replace(record)
        self._changes.append(Change(kind, before, record))
        self._undo.append(partial(collection.replace, before))

    def remove(self, kind: str, records: Iterable[Record]) -> None:
        collection = self.collections[kind]
        doomed = list(records)
        for record in doomed:
            self._changes.append(Change(kind, record, None))
            self._undo.append(partial(collection.add, record, collection.number(record["id"])))
        collection.remove(record["id"] for record in doomed)

    def keep(self, table: CopyOnWriteMap[str, V], key: str, value: V | None) -> None:
        """Set an entry of ``files`` or ``departed``; None takes it out."""
        before = table.get(key)
        self._undo.append(partial(_put, table, key, before))
        _put(table, key, value)

    def announce(self, kind: str, render: Callable[[], Record]) -> None:
        """Promise an event; ``render`` gives its payload once the request is done."""
        self._announced.append((self.ids.new("event"), kind, render))

    def fork(self) -> World:
        """An equal world that shares all records with this one; from here each goes its own way."""
        twin = World({}, self.user_id, self.clock.fork(), self.ids.fork())
        twin.collections = {kind: one.fork() for kind, one in self.collections.items()}
        twin.files = self.files.fork()
        twin.departed = self.departed.fork()
        return twin


def _put(table: CopyOnWriteMap[str, Any], key: str, value: Any) -> None:
    if value is not None:
        table[key] = value
    elif key in table:
        del table[key]
