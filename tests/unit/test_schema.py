"""Schemas: the fast path of ``load`` agrees with marshmallow, and problems have paths."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from mockserver.resources.registry import ResourceRegistry
from mockserver.schema.compound import List, Nested
from mockserver.schema.fields import Length, NonEmptyString, Range, StrictInteger, Upload
from mockserver.schema.schema import Schema, ValidationError, validates_schema
from mockserver.seeding.format import Format

ID = "xgQQXg3hrtjh7AvZ"
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 5, 5.0, 1.5, 100, 101, 2**70, float("nan"), float("inf")),
    *("", "x", "true", "5", ID, ID + "x", "\ud800", "https://a.b/c", "ftp://a.b", "a/b", "/"),
    *([], [""], ["x"], [ID, ID], [{"id": ID}], [{"id": 5}], [{}], [None], ["\ud800"]),
    *({}, {"id": ID}, {"a": ["b"]}, {"a": "b"}, {"": ["b"]}, [{"a": ["b"]}, {"a": ["c"]}]),
    Upload("a.txt", None, b""),
)


def all_schemas() -> Iterator[Schema]:
    resources = ResourceRegistry()
    for resource in resources:
        yield from (resource.schema, resource.create_schema)
        yield from (resource.update_schema, resource.query_schema)
    document = Format(resources)
    yield from (*document.entries.values(), document.departed, document.document)


@pytest.mark.parametrize("schema", [*all_schemas()])
def test_fast_path_agrees_with_marshmallow(schema: Schema) -> None:
    slow: Schema = type("SlowSchema", (type(schema),), {"uses_hooks": True})()
    required = {name: ID for name, field in schema.fields.items() if field.required}
    for name, value in product([*schema.fields, "unknown_name"], VALUES):
        for others in ({}, required):
            data = {**others, name: value}
            assert repr(schema.validated(data, "here")) == repr(slow.validated(data, "here"))


class MemberSchema(Schema):
    name = NonEmptyString(required=True)
    age = StrictInteger(validate=Range(0, 150))


class TeamSchema(Schema):
    members = List(Nested(MemberSchema), validate=Length(1, 3), required=True)


def test_every_problem_is_reported_with_its_path() -> None:
    members = [{"name": "Kevin"}, {"name": "", "age": 151}, {"nme": "Kate"}, 5]
    result = TeamSchema().validated({"members": members[:3]}, "team")
    assert result.problems == [
        "team.members[1].name: may not be empty",
        "team.members[1].age: must be an integer from 0 to 150, not 151",
        "team.members[2]: unknown attribute 'nme'; did you mean 'name'?",
        "team.members[2].name: is required",
    ]
    assert result.values == {}
    too_long = TeamSchema().validated({"members": members})
    assert len(too_long.problems) == 1
    assert too_long.problems[0].startswith("members: must be an array of 1 to 3 objects, not ")


def test_hooks_run_where_a_schema_uses_them() -> None:
    class BoundsSchema(Schema):
        lower = StrictInteger(required=True)
        upper = StrictInteger(required=True)
        uses_hooks = True

        @validates_schema
        def check_order(self, data: dict[str, int], **kwargs: Any) -> None:
            if data["lower"] > data["upper"]:
                raise ValidationError("is less than lower", "upper")

    assert BoundsSchema().validated({"lower": 1, "upper": 2}).values == {"lower": 1, "upper": 2}
    assert BoundsSchema().validated({"lower": 2, "upper": 1}).problems == [
        "upper: is less than lower"
    ]
