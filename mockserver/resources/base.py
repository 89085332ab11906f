"""The base of all resources: list, create, retrieve, update and delete, implemented once.

A resource module contains the schemas and overrides the methods in which the resource differs:
``check`` finds problems that depend on stored objects, ``complete`` derives values from others,
``build`` returns a new record without saving it, and ``present`` returns the object that clients
see. If this is not enough, the module overrides a whole operation, such as ``create``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from operator import itemgetter
from typing import Any, ClassVar

from mockserver.errors import NotFound
from mockserver.schema import fields
from mockserver.schema.schema import ParameterSchema, Schema, ValidatedInput
from mockserver.storage.collection import MAX_PAGE_SIZE, PageRequest, Record
from mockserver.storage.world import World, gc_paused

Cascade = list[tuple["Resource", list[Record]]]
Key = tuple[Any, ...]
#: Maximum number of events that a deletion renders at once. A larger number is rendered when read,
#: from a copy of the world. The journal does not keep so many events, so it does not keep the copy.
MAX_RENDERED = 10_000
ALL: Key = ()  # the index key of all records of a kind


def index_key(name: str, value: Any) -> Key:
    """Return the index key for a single filter or lookup."""
    return (name, value)


@dataclass(frozen=True)
class Filter:
    """A filter of a list: the attribute to compare, and the field of the query parameter."""

    attribute: str
    field: fields.StrictField
    is_boolean: bool = False

    def value(self, record: Record) -> Any:
        """Return the parameter value that finds ``record``, or None if no value does."""
        value = record[self.attribute]
        if self.is_boolean:
            return None if value is None or value is False else True
        return value


def boolean_filter(attribute: str, description: str) -> Filter:
    """Return a filter whose value ``true`` selects records with a true or non-null attribute."""
    field = fields.StrictBoolean(metadata={"description": description})
    return Filter(attribute, field, is_boolean=True)


def id_filter(attribute: str, description: str) -> Filter:
    """Return a filter that selects the records whose ``attribute`` is a given id."""
    return Filter(attribute, fields.NonEmptyString(metadata={"description": description}))


class PagingSchema(ParameterSchema):
    """The query parameters of every list (``contract/reference.md``, "Pagination")."""

    limit = fields.integer(
        1,
        MAX_PAGE_SIZE,
        metadata={"description": "Maximum number of objects on the page. Default: 10."},
    )
    starting_after = fields.NonEmptyString(
        metadata={"description": "Return the page that follows the object with this id."}
    )
    ending_before = fields.NonEmptyString(
        metadata={"description": "Return the page that precedes the object with this id."}
    )


class Resource:
    """One kind of object. Stateless: each method receives the world."""

    kind: ClassVar[str]
    path: ClassVar[str]
    #: The object as responses contain it, with the attributes in documented order.
    schema: ClassVar[Schema]
    #: The values of a new record, in the same order.
    defaults: ClassVar[Record]
    create_schema: ClassVar[Schema]
    update_schema: ClassVar[Schema]
    filters: ClassVar[Mapping[str, Filter]] = {}
    #: Internal indexes by name: the indexed attribute, which is an id or an array of ids.
    lookups: ClassVar[Mapping[str, str]] = {}

    @cached_property
    def query_schema(self) -> Schema:
        """The query parameters of the list: its filters, then the paging parameters."""
        filters = {name: parameter.field for name, parameter in self.filters.items()}
        return PagingSchema.with_fields(**filters, **PagingSchema().fields)

    # operations

    def list(self, world: World, query: ValidatedInput, max_limit: int = MAX_PAGE_SIZE) -> Record:
        """Return a page of the objects that match all filters, latest first."""
        values = query.raise_for_errors(self._cursor_problems(world, query.values))
        after, before = values.get("starting_after"), values.get("ending_before")
        collection = world[self.kind]
        request = PageRequest(
            min(values.get("limit", 10), max_limit),
            None if after is None else collection.sequence_number(after),
            None if before is None else collection.sequence_number(before),
        )
        records, more = collection.page(self._filter_key(values), request)
        return {"has_more": more, "data": self.present_all(world, records)}

    def create(self, world: World, body: ValidatedInput) -> Record:
        values = body.raise_for_errors(self.check(world, body.values, None))
        record = self.build(world, self.complete(values))
        self.save(world, record)
        return self.present(world, record)

    def retrieve(self, world: World, record_id: str) -> Record:
        """Return an object; raise ``NotFound`` if the id is unknown."""
        return self.present(world, self.find(world, record_id))

    def update(self, world: World, record_id: str, body: ValidatedInput) -> Record:
        """Update an object and return it. If no value differs, nothing changes."""
        old = self.find(world, record_id)
        values = body.raise_for_errors(self.check(world, body.values, old))
        new = {**old, **self.complete(values)}
        if new != old:
            self.change(world, new)
        return self.present(world, new)

    def delete(self, world: World, record_id: str) -> None:
        """Delete an object and everything that must be deleted with it.

        Events show each object as it was before the request.
        """
        cascade = self.cascade(world, [self.find(world, record_id)])
        world.change_time()
        few = sum(len(records) for _, records in cascade) <= MAX_RENDERED
        before = world if few else world.fork()
        with gc_paused():
            for resource, records in cascade:
                event_type = f"{resource.kind}.deleted"
                if few:
                    last_states = resource.present_all(world, records)
                    world.announce_all(event_type, last_states, lambda last_state: last_state)
                else:
                    world.announce_all(event_type, records, partial(resource.present, before))
            for resource, records in cascade:
                resource.detach(world, records)

    # methods that subclasses override

    def check(self, world: World, values: Record, old: Record | None) -> Iterator[str]:
        """Yield the problems that depend on stored objects.

        ``old`` is the record before an update, or None for a new record.
        """
        yield from ()

    def complete(self, values: Record) -> Record:
        """Return valid values together with the values derived from them."""
        return values

    def build(self, world: World, values: Record) -> Record:
        """Return a new record, without saving it."""
        now = world.change_time()
        record_id = world.ids.new(self.kind, world[self.kind])
        return {**self.defaults, **values, "id": record_id, "created_at": now}

    def present(self, world: World, record: Record) -> Record:
        """Return the record as clients see it."""
        return record

    def present_all(self, world: World, records: Sequence[Record]) -> Sequence[Record]:
        """Return the records of a page as clients see them."""
        return [self.present(world, record) for record in records]

    def cascade(self, world: World, records: Sequence[Record]) -> Cascade:
        """Return everything that deleting ``records`` deletes, in the order of its events."""
        return [(self, [*records])]

    def detach(self, world: World, records: Sequence[Record]) -> None:
        """Remove ``records`` and the references to them."""
        world.remove(self.kind, records)

    # storing

    def find(self, world: World, record_id: str) -> Record:
        """Return the record; raise ``NotFound``, with the near miss, if the id is unknown."""
        record = world[self.kind].get(record_id)
        if record is None:
            raise NotFound(not_found_message(world, self.kind, record_id))
        return record

    def save(self, world: World, record: Record) -> None:
        """Store a new record and add its ``created`` event to the transaction."""
        world.add(self.kind, record)
        world.announce(f"{self.kind}.created", partial(self.retrieve, world, record["id"]))

    def change(self, world: World, record: Record) -> None:
        """Replace a record and add its ``updated`` event to the transaction."""
        world.change_time()
        world.replace(self.kind, record)
        world.announce(f"{self.kind}.updated", partial(self.retrieve, world, record["id"]))

    # indexing

    def keys(self, record: Record) -> Sequence[Key]:
        """Return the record's index keys.

        Each combination of filters that the record satisfies has a key, so that any documented
        query is a single lookup.
        """
        keys: list[Key] = [ALL]
        for name, parameter in self.filters.items():
            value = parameter.value(record)
            if value is not None:
                keys += [(*key, name, value) for key in keys]
        for name, attribute in self.lookups.items():
            value = record[attribute]
            if isinstance(value, list):
                keys += [index_key(name, entry) for entry in value]
            elif value is not None:
                keys.append(index_key(name, value))
        return keys

    def has_same_keys(self, old: Record, new: Record) -> bool:
        """Return whether two records have the same index keys, in less time than ``keys`` takes."""
        for name, value in self._indexed:
            if old[name] is not new[name] and value(old) != value(new):
                return False
        return True

    @cached_property
    def _indexed(self) -> Sequence[tuple[str, Callable[[Record], Any]]]:
        """The indexed attributes, each with a function that returns the indexed value."""
        filters = [(parameter.attribute, parameter.value) for parameter in self.filters.values()]
        return [*filters, *((name, itemgetter(name)) for name in self.lookups.values())]

    def _filter_key(self, values: Record) -> Key:
        # The value false of a boolean filter selects all records.
        return tuple(
            part
            for name in self.filters
            if name in values and values[name] is not False
            for part in (name, values[name])
        )

    def _cursor_problems(self, world: World, values: Record) -> Iterator[str]:
        cursors = [name for name in ("starting_after", "ending_before") if name in values]
        if len(cursors) == 2:
            yield "starting_after and ending_before are mutually exclusive; send only one"
        for name in cursors:
            yield from unknown_reference(world, self.kind, name, values[name])


def not_found_message(world: World, kind: str, record_id: str) -> str:
    """Return the error message for an unknown id, with an id that differs only in case."""
    near_miss = world[kind].find_case_insensitive(record_id)
    hint = f"; ids are case-sensitive: did you mean '{near_miss}'?" if near_miss else ""
    return f"there is no {kind} {fields.repr_value(record_id)}{hint}"


def unknown_reference(world: World, kind: str, path: str, record_id: str | None) -> Iterator[str]:
    """Yield a problem if an id names no object of ``kind``."""
    if record_id is not None and record_id not in world[kind]:
        yield f"{path}: {not_found_message(world, kind, record_id)}"


def unique(ids: Sequence[str]) -> list[str]:
    """Return each id once, in the given order."""
    return list(dict.fromkeys(ids))


def touch_last_active(world: World, kind: str, record_id: str) -> None:
    """Set ``last_active_at`` to the time of this change, without an ``updated`` event."""
    record = world[kind][record_id]
    now = world.change_time()
    if record["last_active_at"] != now:
        world.replace(kind, {**record, "last_active_at": now})
