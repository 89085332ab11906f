"""Judges every object that comes back by its table in the reference: a row for each attribute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.checks.api.http import short, show
from mockserver.checks.api.rows import DOCUMENTED, Rows
from mockserver.schema.fields import Attribute
from mockserver.schema.nested import Nested, NestedList
from mockserver.schema.schema import Attributes

ORDER = "the documented order of keys"
CLOSED = "no other attributes"


def expected(attribute: Attribute) -> str:
    """What an attribute is, in words."""
    return f"{attribute.wanted} or null" if attribute.allow_none else attribute.wanted


class Shape:
    """An object's attributes, and those of the objects within it."""

    def __init__(self, name: str, attributes: Attributes, rows: Rows) -> None:
        self.name = name
        self._rows = rows
        self._fields = attributes.fields
        self._alone = {name: Attributes({name: one}) for name, one in self._fields.items()}
        rows.add(name, CLOSED, DOCUMENTED)
        rows.add(name, ORDER, DOCUMENTED)
        for each, attribute in self._fields.items():
            rows.add(f"{name}.{each}", expected(attribute), DOCUMENTED)
        self.inner = {
            each: Shape(_name_within(name, each, one), one.attributes, rows)
            for each, one in self._fields.items()
            if isinstance(one, Nested)
        }

    def judge(self, shown: Mapping[str, Any]) -> None:
        """Note in the rows what is right and wrong with an object."""
        unknown = [short(each) for each in shown if each not in self._fields]
        told = f"unknown: {', '.join(unknown)}" if unknown else None
        self._rows.of(self.name, CLOSED).judge(told)
        came = [each for each in shown if each in self._fields]
        wanted = [each for each in self._fields if each in shown]
        self._rows.of(self.name, ORDER).judge(None if came == wanted else ", ".join(came))
        for name in self._fields:
            self._row(name).judge(self._wrong(name, shown))
            for one in _objects(shown.get(name)) if name in self.inner else ():
                self.inner[name].judge(one)

    def value(self, shown: Mapping[str, Any], name: str) -> Any:
        """An attribute's value; raises ``Unclear`` where such values are wrong."""
        self._rows.trusted(f"{self.name}.{name}", expected(self._fields[name]))
        return shown[name]

    def trusted(self, shown: Mapping[str, Any]) -> dict[str, Any]:
        """The attributes whose values are not wrong."""
        fine = [name for name in self._fields if self._row(name).verdict != "drift"]
        return {name: shown[name] for name in fine}

    def _row(self, name: str) -> Any:
        return self._rows.of(f"{self.name}.{name}", expected(self._fields[name]))

    def _wrong(self, name: str, shown: Mapping[str, Any]) -> str | None:
        if name not in shown:
            return "missing"
        value, attribute = shown[name], self._fields[name]
        if value is None:
            return None if attribute.allow_none else "null"
        if name in self.inner:  # what is within has rows of its own
            many = isinstance(attribute, NestedList)
            entries = value if isinstance(value, list) else [None]
            fine = (
                all(isinstance(each, dict) for each in entries)
                if many
                else (isinstance(value, dict))
            )
            return None if fine else show(value)
        if self._alone[name].load({name: value}).problems:
            return show(value)
        # The schema takes what requests may say too, such as 5.0, and reactions in both shapes.
        taken = self._alone[name].load({name: value}).values[name]
        return None if taken == value and type(taken) is type(value) else show(value)


def _name_within(outer: str, name: str, attribute: Nested) -> str:
    return f"{outer}.{name}[]" if isinstance(attribute, NestedList) else f"{outer}.{name}"


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            yield each
