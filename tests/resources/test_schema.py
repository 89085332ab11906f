"""A schema is asked only where something is wrong: what is taken without it, it would take too."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from mockserver.resources.registry import ResourceRegistry
from mockserver.schema.fields import Text
from mockserver.schema.schema import Attributes
from mockserver.schema.uploads import Upload
from mockserver.seeding.format import Format

ID = "xgQQXg3hrtjh7AvZ"
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 5, 5.0, 1.5, 100, 101, 2**70, float("nan"), float("inf")),
    *("", "x", "true", "5", ID, ID + "x", "\ud800", "https://a.b/c", "ftp://a.b", "a/b", "/"),
    *([], [""], ["x"], [ID, ID], [{"id": ID}], [{"id": 5}], [{}], [None], ["\ud800"]),
    *({}, {"id": ID}, {"a": ["b"]}, {"a": "b"}, {"": ["b"]}, [{"a": ["b"]}, {"a": ["c"]}]),
    Upload("a.txt", None, b""),
)


class Slow(Attributes):
    """Attributes that always ask their schema."""

    def _accept(self, given: Any) -> None:
        return None


def all_attributes() -> Iterator[Attributes]:
    catalogue = ResourceRegistry()
    for one in catalogue:
        yield from (one.shape, one.create_body, one.update_body, one.query)
    document = Format(catalogue)
    yield from (*document.entries.values(), document.departed, document.document)


@pytest.mark.parametrize("attributes", [*all_attributes()])
def test_what_is_taken_at_once_the_schema_takes_too(attributes: Attributes) -> None:
    slow = Slow(attributes.fields, attributes.noun)
    for name, value in product([*attributes.fields, "nothing_known"], VALUES):
        # With what is required, and without.
        for others in ({}, {one: ID for one, field in attributes.fields.items() if field.required}):
            given = {**others, name: value}
            assert repr(attributes.load(given, "here")) == repr(slow.load(given, "here"))


def test_the_schema_is_not_asked_where_nothing_is_wrong() -> None:
    attributes = Attributes({"name": Text(required=True)})
    assert attributes.load({"name": "Kevin"}).values == {"name": "Kevin"}
    assert "_schema" not in vars(attributes)


def test_an_attribute_beside_whose_type_something_validates_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="name: an attribute's type says all that it takes"):
        Attributes({"name": Text(validate=lambda value: None)})
