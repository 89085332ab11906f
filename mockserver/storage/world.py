"""A world: what the real API would store, and the transaction of one request on it.

All writes go through ``add``, ``replace``, ``remove`` and ``set_entry``. So every change is known:
the journal lists it, and ``rollback`` undoes it if the request fails with an internal error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple, TypeVar

from mockserver.storage.clock import Clock
from mockserver.storage.collection import Collection, IndexDefinition, Record
from mockserver.storage.cow_map import CopyOnWriteMap
from mockserver.storage.ids import IdGenerator

V = TypeVar("V")


class Change(NamedTuple):
    """A record before and after a change; None where it did not exist."""

    kind: str
    before: Record | None
    after: Record | None


class Event(NamedTuple):
    """An event as the reference defines it; the payload is the object as clients see it."""

    id: str
    type: str
    payload: Record


@dataclass(slots=True)
class ChangeSet:
    """The changes that one request made, and its events in order."""

    changes: list[Change] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


class World:
    """The objects, ids and clock of one sandbox, with the current transaction.

    ``files`` maps attachment ids to uploaded bytes. ``departed`` maps the ids of deleted contacts
    to their last state, as long as a message of theirs exists.
    """

    def __init__(
        self, kinds: Mapping[str, IndexDefinition], user_id: str, clock: Clock, ids: IdGenerator
    ) -> None:
        self.user_id = user_id
        self.clock = clock
        self.ids = ids
        self.collections = {kind: Collection(definition) for kind, definition in kinds.items()}
        self.files: CopyOnWriteMap[str, bytes] = CopyOnWriteMap()
        self.departed: CopyOnWriteMap[str, Record] = CopyOnWriteMap()
        #: Incremented by each transaction that changes something; lets pollers detect changes.
        self.version = 0
        self.begin()

    def __getitem__(self, kind: str) -> Collection:
        return self.collections[kind]

    # transaction

    def begin(self, time: int | None = None) -> None:
        """Start a transaction.

        A change that no request makes passes its own ``time``, and does not move the clock.
        """
        self._time = time
        self._changes: list[Change] = []
        self._announced: list[tuple[str, str, Callable[[], Record]]] = []
        self._undo: list[Callable[[], None]] = []
        self._before = self.clock.state(), dict(self.ids.counts)

    def commit(self) -> ChangeSet:
        """End the transaction and return its changes and events.

        Payloads are rendered only now (``contract/reference.md``, "Events and webhooks").
        """
        events = [Event(event_id, kind, render()) for event_id, kind, render in self._announced]
        self.version += bool(self._changes)
        return ChangeSet(self._changes, events)

    def rollback(self) -> None:
        """Undo all writes of the transaction."""
        for undo in reversed(self._undo):
            undo()
        clock_state, counts = self._before
        self.clock.restore(clock_state)
        self.ids.counts = counts

    def release(self) -> None:
        """Drop the functions that render and undo.

        They refer to this world; without this, a discarded world would stay in memory until the
        garbage collector runs.
        """
        self._announced = []
        self._undo = []

    def change_time(self) -> int:
        """Return the time of this transaction's change; the first call moves the clock.

        Call it only once it is certain that something changes.
        """
        if self._time is None:
            self._time = self.clock.tick()
        return self._time

    # writing

    def new_id(self, kind: str) -> str:
        """Return the next id of ``kind``."""
        return self.ids.new(kind, self.collections[kind])

    def add(self, kind: str, record: Record) -> None:
        """Append a record."""
        collection = self.collections[kind]
        collection.add(record)
        self._changes.append(Change(kind, None, record))
        self._undo.append(partial(collection.remove, (record["id"],)))

    def replace(self, kind: str, record: Record) -> None:
        """Replace the record with the same id."""
        collection = self.collections[kind]
        before = collection[record["id"]]
        collection.replace(record)
        self._changes.append(Change(kind, before, record))
        self._undo.append(partial(collection.replace, before))

    def remove(self, kind: str, records: Iterable[Record]) -> None:
        """Remove records."""
        collection = self.collections[kind]
        to_remove = list(records)
        for record in to_remove:
            self._changes.append(Change(kind, record, None))
            number = collection.sequence_number(record["id"])
            self._undo.append(partial(collection.add, record, number))
        collection.remove(record["id"] for record in to_remove)

    def set_entry(self, entries: CopyOnWriteMap[str, V], key: str, value: V | None) -> None:
        """Set an entry of ``files`` or ``departed``; None removes it."""
        before = entries.get(key)
        self._undo.append(partial(_set, entries, key, before))
        _set(entries, key, value)

    def announce(self, event_type: str, render: Callable[[], Record]) -> None:
        """Add an event; ``render`` returns its payload when the transaction commits."""
        self._announced.append((self.ids.new("event"), event_type, render))

    def fork(self) -> World:
        """Return an equal world that shares all records until one of the two changes."""
        copy = World({}, self.user_id, self.clock.fork(), self.ids.fork())
        copy.collections = {
            kind: collection.fork() for kind, collection in self.collections.items()
        }
        copy.files = self.files.fork()
        copy.departed = self.departed.fork()
        return copy


def _set(entries: CopyOnWriteMap[str, Any], key: str, value: Any) -> None:
    if value is not None:
        entries[key] = value
    elif key in entries:
        del entries[key]
