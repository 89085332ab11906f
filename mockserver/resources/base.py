"""A resource: list, create, retrieve, update, delete, once for all five.

A resource module is a few attributes and the methods in which it really differs. The seams are
``check`` (what only the world can tell to be wrong), ``complete`` (what follows from the values),
``build`` (a new record, before it is saved and announced) and ``present`` (a record as clients see
it). Where a resource needs more, it overrides the whole method.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from typing import Any, ClassVar

from mockserver.errors import NotFound
from mockserver.schema.fields import Attribute, Flag, Text, Whole, show
from mockserver.schema.schema import Attributes, Draft
from mockserver.storage.collection import Record
from mockserver.storage.paging import MAX_PAGE_SIZE, PageRequest
from mockserver.storage.world import World

Cascade = list[tuple["Resource", list[Record]]]
Key = tuple[Any, ...]
ALL: Key = ()


def index_key(name: str, value: Any) -> Key:
    """Under which the index has what a filter or a look-up finds for one value."""
    return ((name, value),)


@dataclass(frozen=True)
class Filter:
    """A parameter of a list: which attribute of the records it looks at, and how it is read."""

    attribute: str
    parameter: Attribute

    def value(self, record: Record) -> Any:
        """The parameter's value that finds ``record``; None where none does."""
        value = record[self.attribute]
        if isinstance(self.parameter, Flag):
            return None if value is None or value is False else True
        return value

    def narrows(self, value: Any) -> bool:
        """Whether ``value`` filters at all: a boolean filter that is false does not."""
        return value is not False


def boolean_filter(attribute: str, description: str) -> Filter:
    """A boolean filter: ``true`` shows only the records whose ``attribute`` is set."""
    return Filter(attribute, Flag(metadata={"description": description}))


def id_filter(attribute: str, description: str) -> Filter:
    """Only the records whose ``attribute`` is the given id; one that names nothing finds none."""
    return Filter(attribute, Text(metadata={"description": description}))


class Resource:
    """One kind of object, without state of its own: the world comes with each call."""

    kind: ClassVar[str]
    path: ClassVar[str]
    #: The object, in wire order.
    shape: ClassVar[Attributes]
    #: What a new record holds where nothing was given, in wire order.
    blank: ClassVar[Record]
    create_body: ClassVar[Attributes]
    update_body: ClassVar[Attributes]
    filters: ClassVar[Mapping[str, Filter]] = {}
    #: Indexes of our own: name to the attribute, an id or an array of them, that finds a record.
    lookups: ClassVar[Mapping[str, str]] = {}

    @cached_property
    def query(self) -> Attributes:
        """The parameters of the list (reference, "Pagination")."""
        filters = {name: one.parameter for name, one in self.filters.items()}
        limit = Whole(
            1, MAX_PAGE_SIZE, metadata={"description": "objects on a page; 10 when absent"}
        )
        after = Text(metadata={"description": "the page that follows the object with this id"})
        before = Text(metadata={"description": "the page that precedes the object with this id"})
        paging: dict[str, Attribute] = {
            "limit": limit,
            "starting_after": after,
            "ending_before": before,
        }
        return Attributes(filters | paging, noun="parameter")

    # the five

    def list(self, world: World, draft: Draft, most: int = MAX_PAGE_SIZE) -> Record:
        """A page of ``most`` objects at most: latest first, filters combined."""
        values = draft.settle(self._cursor_problems(world, draft.values))
        after, before = values.get("starting_after"), values.get("ending_before")
        collection = world[self.kind]
        cut = PageRequest(
            min(values.get("limit", 10), most),
            None if after is None else collection.sequence_number(after),
            None if before is None else collection.sequence_number(before),
        )
        records, more = collection.page(self._filter_key(values), cut)
        return {"has_more": more, "data": self.present_all(world, records)}

    def create(self, world: World, draft: Draft) -> Record:
        values = draft.settle(self.check(world, draft.values, None))
        record = self.build(world, self.complete(values))
        self.save(world, record)
        return self.present(world, record)

    def retrieve(self, world: World, record_id: str) -> Record:
        return self.present(world, self.find(world, record_id))

    def update(self, world: World, record_id: str, draft: Draft) -> Record:
        old = self.find(world, record_id)
        values = draft.settle(self.check(world, draft.values, old))
        new = {**old, **self.complete(values)}
        if new != old:
            self.change(world, new)
        return self.present(world, new)

    def delete(self, world: World, record_id: str) -> None:
        """Delete the record and all that goes with it.

        Events show each object as it was before the request, so all are rendered first.
        """
        doomed = self.cascade(world, [self.find(world, record_id)])
        world.change_time()
        for resource, records in doomed:
            for record in records:
                last = resource.present(world, record)
                world.announce(f"{resource.kind}.deleted", partial(_same, last))
        for resource, records in doomed:
            resource.detach(world, records)

    # the seams

    def check(self, world: World, values: Record, old: Record | None) -> Iterator[str]:
        """What is wrong with ``values`` in this world; ``old`` is None for a new record."""
        yield from ()

    def complete(self, values: Record) -> Record:
        """The values, once they are known to be right, with what follows from them alone."""
        return values

    def build(self, world: World, values: Record) -> Record:
        """A new record, not yet saved."""
        now = world.change_time()
        record_id = world.new_id(self.kind)
        return {**self.blank, **values, "id": record_id, "created_at": now}

    def present(self, world: World, record: Record) -> Record:
        """The record as clients see it."""
        return record

    def present_all(self, world: World, records: Sequence[Record]) -> Sequence[Record]:
        """Those of a page, each as clients see it."""
        return [self.present(world, record) for record in records]

    # for each other

    def find(self, world: World, record_id: str) -> Record:
        """The record, or ``NotFound`` with the near miss."""
        record = world[self.kind].get(record_id)
        if record is None:
            raise NotFound(no_such(world, self.kind, record_id))
        return record

    def save(self, world: World, record: Record) -> None:
        """Put a new record into the world and announce it."""
        world.add(self.kind, record)
        world.announce(f"{self.kind}.created", partial(self.retrieve, world, record["id"]))

    def change(self, world: World, record: Record) -> None:
        """Put a changed record in the place of the old one and announce it."""
        world.change_time()
        world.replace(self.kind, record)
        world.announce(f"{self.kind}.updated", partial(self.retrieve, world, record["id"]))

    def cascade(self, world: World, records: Sequence[Record]) -> Cascade:
        """All that a deletion of ``records`` deletes, by kind, in the order of its events."""
        return [(self, [*records])]

    def detach(self, world: World, records: Sequence[Record]) -> None:
        """Take ``records`` out of the world, and out of what mentions them."""
        world.remove(self.kind, records)

    # finding

    def keys(self, record: Record) -> Sequence[Key]:
        """Under which keys the index finds a record: one for each combination of filters that
        it satisfies, so that any documented query is one look-up."""
        keys: list[Key] = [ALL]
        for name, one in self.filters.items():
            value = one.value(record)
            if value is not None:
                keys += [(*each, (name, value)) for each in keys]
        for name, attribute in self.lookups.items():
            value = record[attribute]
            if isinstance(value, list):
                keys += [index_key(name, each) for each in value]
            elif value is not None:
                keys.append(index_key(name, value))
        return keys

    @cached_property
    def indexed(self) -> tuple[str, ...]:
        """The attributes that ``keys`` looks at."""
        return (*(one.attribute for one in self.filters.values()), *self.lookups.values())

    def _filter_key(self, values: Record) -> Key:
        return tuple(
            (name, values[name])
            for name, one in self.filters.items()
            if name in values and one.narrows(values[name])
        )

    def _cursor_problems(self, world: World, values: Record) -> Iterator[str]:
        cursors = [name for name in ("starting_after", "ending_before") if name in values]
        if len(cursors) == 2:
            yield "starting_after and ending_before exclude each other; give one of them"
        for name in cursors:
            if values[name] not in world[self.kind]:
                yield f"{name}: {no_such(world, self.kind, values[name])}"


def no_such(world: World, kind: str, record_id: str) -> str:
    """That there is no such object, and which there is that differs by case only."""
    near = world[kind].find_case_insensitive(record_id)
    hint = f"; ids are case-sensitive: did you mean '{near}'?" if near else ""
    return f"there is no {kind} {show(record_id)}{hint}"


def unknown_references(
    world: World, kind: str, attribute: str, record_ids: Sequence[str]
) -> Iterator[str]:
    """A problem for each id in an array that names no object of ``kind``."""
    for place, record_id in enumerate(record_ids):
        if record_id not in world[kind]:
            yield f"{attribute}[{place}]: {no_such(world, kind, record_id)}"


def records_of(world: World, kind: str, name: str, owners: Iterable[Record]) -> Iterator[Record]:
    """The records of ``kind`` that ``name`` finds for each of ``owners``, oldest first each."""
    collection = world[kind]
    return chain.from_iterable(collection.find(index_key(name, owner["id"])) for owner in owners)


def unique(ids: Sequence[str]) -> list[str]:
    """Each id once, in the order given."""
    return list(dict.fromkeys(ids))


def _same(record: Record) -> Record:
    return record


def touch_last_active(world: World, kind: str, record_id: str) -> None:
    """Set ``last_active_at`` to the time of this change, without announcing an update."""
    record = world[kind][record_id]
    now = world.change_time()
    if record["last_active_at"] != now:
        world.replace(kind, {**record, "last_active_at": now})
