"""A world: what the real API would store, and the transaction of one request on it.

All writes go through ``add``, ``replace``, ``remove`` and ``set_entry``. Therefore the journal can
list every change, and ``rollback`` can undo all of them if the request has an internal error.
"""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any, Generic, NamedTuple, TypeVar

from mockserver.storage.budget import Budget, Content
from mockserver.storage.clock import Clock
from mockserver.storage.collection import Collection, IndexDefinition, Record
from mockserver.storage.cow_map import CopyOnWriteMap
from mockserver.storage.ids import IdGenerator

MAX_UPLOADS = 512 * 1024 * 1024  # bytes, with those that only snapshots have

T = TypeVar("T")
V = TypeVar("V")


class Change(NamedTuple):
    """A record before and after a change; None where it did not exist."""

    kind: str
    before: Record | None
    after: Record | None


class Event(NamedTuple):
    """An event of the API; the payload is the object as clients see it."""

    id: str
    type: str
    payload: Record


class Deferred(Generic[T]):
    """Changes or events, created when read by calling ``make`` with each index and record.

    A deletion of 100,000 messages has as many changes and events, which are seldom read.
    """

    def __init__(self, records: Sequence[Record], make: Callable[[int, Record], T]) -> None:
        self._records = records
        self._make = make

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[T]:
        return map(self._make, range(len(self._records)), self._records)


class Parts(Generic[T]):
    """The changes or events of a transaction, in order."""

    __slots__ = ("_parts",)

    def __init__(self, parts: Sequence[Sequence[T] | Deferred[T]] = ()) -> None:
        self._parts = parts

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def __iter__(self) -> Iterator[T]:
        return chain.from_iterable(self._parts)


class ChangeSet(NamedTuple):
    """The changes that one request made, and its events in order."""

    changes: Parts[Change] = Parts()
    events: Parts[Event] = Parts()


NO_CHANGES = ChangeSet()


def new_uploads() -> Budget:
    """Return the budget of the uploads of a sandbox."""
    return Budget("uploads", MAX_UPLOADS, "delete attachments and snapshots, or reset the sandbox")


class World:
    """The objects, ids and clock of one sandbox, with the current transaction.

    ``files`` maps attachment ids to uploaded bytes, which count against the budget ``uploads``.
    ``departed`` maps the ids of deleted contacts to their last state, as long as a message of
    theirs exists.
    """

    def __init__(
        self, kinds: Mapping[str, IndexDefinition], user_id: str, clock: Clock, ids: IdGenerator
    ) -> None:
        self.user_id = user_id
        self.clock = clock
        self.ids = ids
        self.collections = {kind: Collection(definition) for kind, definition in kinds.items()}
        self.files: CopyOnWriteMap[str, Content] = CopyOnWriteMap()
        self.uploads = new_uploads()
        self.departed: CopyOnWriteMap[str, Record] = CopyOnWriteMap()
        #: Incremented by each transaction that changes something; lets pollers detect changes.
        self.version = 0
        self.begin()

    def __getitem__(self, kind: str) -> Collection:
        return self.collections[kind]

    # transaction

    def begin(self, time: int | None = None) -> None:
        """Start a transaction. If ``time`` is given, it is the time of changes; the clock stays."""
        self._time = time
        self._changes: list[Sequence[Change] | Deferred[Change]] = []
        self._announced: list[tuple[str, str, Callable[[], Record]] | Deferred[Event]] = []
        self._undo: list[tuple[Any, ...]] = []  # functions with their arguments
        self._before = self.clock.state(), dict(self.ids.counts)

    def commit(self) -> ChangeSet:
        """End the transaction and return its changes and events.

        Payloads are rendered only now (``contract/reference.md``, "Events and webhooks").
        """
        parts = [
            entry if isinstance(entry, Deferred) else (Event(entry[0], entry[1], entry[2]()),)
            for entry in self._announced
        ]
        self.version += bool(self._changes)
        return ChangeSet(Parts(self._changes), Parts(parts))

    def rollback(self) -> None:
        """Undo all writes of the transaction."""
        for function, *arguments in reversed(self._undo):
            function(*arguments)
        clock_state, counts = self._before
        self.clock.restore(clock_state)
        self.ids.counts = counts

    def release(self) -> None:
        """Drop the functions that render payloads and undo writes.

        The functions refer to this world, which would otherwise stay in memory until the garbage
        collector runs, even if it is discarded.
        """
        self._announced = []
        self._undo = []

    def change_time(self) -> int:
        """Return the time of this transaction's change; the first call moves the clock.

        Call this only if something is certain to change.
        """
        if self._time is None:
            self._time = self.clock.tick()
        return self._time

    # writing

    def store_file(self, record_id: str, data: bytes) -> None:
        """Store the bytes of an attachment; raises ``Unavailable`` if ``uploads`` is used up."""
        content = Content(data)
        self.uploads.reserve(content)
        self.set_entry(self.files, record_id, content)

    def add(self, kind: str, record: Record) -> None:
        collection = self.collections[kind]
        collection.add(record)
        self._changes.append((Change(kind, None, record),))
        self._undo.append((collection.remove, (record,)))

    def replace(self, kind: str, record: Record) -> None:
        collection = self.collections[kind]
        before = collection.replace(record)
        self._changes.append((Change(kind, before, record),))
        self._undo.append((collection.replace, before))

    def remove(self, kind: str, records: Sequence[Record]) -> None:
        collection = self.collections[kind]
        self._changes.append(Deferred(records, lambda _, record: Change(kind, record, None)))
        numbers = collection.remove(records)
        self._undo.append((collection.restore, records, numbers))

    def set_entry(self, entries: CopyOnWriteMap[str, V], key: str, value: V | None) -> None:
        """Set an entry of ``files`` or ``departed``; None removes it."""
        before = entries.get(key)
        self._undo.append((_set, entries, key, before))
        _set(entries, key, value)

    def announce(self, event_type: str, render: Callable[[], Record]) -> None:
        """Add an event; ``render`` returns its payload when the transaction commits."""
        self._announced.append((self.ids.new("event"), event_type, render))

    def announce_all(
        self, event_type: str, records: Sequence[Record], render: Callable[[Record], Record]
    ) -> None:
        """Add an event for each record; ``render`` returns its payload whenever it is read.

        Its result must therefore not depend on later changes of this world.
        """
        ids = self.ids
        first = ids.reserve("event", len(records))

        def make(index: int, record: Record) -> Event:
            return Event(ids.nth("event", first + index), event_type, render(record))

        self._announced.append(Deferred(records, make))

    def fork(self) -> "World":
        """Return an equal world that shares all records until one of the two changes."""
        copy = World({}, self.user_id, self.clock.fork(), self.ids.fork())
        copy.collections = {
            kind: collection.fork() for kind, collection in self.collections.items()
        }
        copy.files = self.files.fork()
        copy.uploads = self.uploads
        copy.departed = self.departed.fork()
        return copy


@contextmanager
def gc_paused() -> Iterator[None]:
    """Pause the garbage collector while many objects are created, none of which is garbage.

    The collector's repeated scans would double the time, and block all threads.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _set(entries: CopyOnWriteMap[str, Any], key: str, value: Any) -> None:
    if value is not None:
        entries[key] = value
    elif key in entries:
        del entries[key]
