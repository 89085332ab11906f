"""The document for code generators: plain, and as true as the other one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.openapi.test_document import SDK, operations, valid

if TYPE_CHECKING:
    from tests.conftest import Client

JSON, MULTIPART = "application/json", "multipart/form-data"
SCHEMAS = SDK["components"]["schemas"]
LISTS = [spec for *_, spec in operations(SDK) if spec["operationId"].endswith(".list")]


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a document."""
    if isinstance(node, dict):
        yield node
    for nested in node.values() if isinstance(node, dict) else node:
        if isinstance(nested, dict | list):
            yield from nodes(nested)


def parameters() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the path of each parameter and the parameter."""
    for part in ("paths", "webhooks"):
        for path, item in SDK[part].items():
            for node in nodes(item):
                described = node.get("parameters")
                if isinstance(described, list):  # not those of a link
                    yield from ((path, parameter) for parameter in described)


def test_bodies_are_json_except_the_upload() -> None:
    types = {
        operation["operationId"]: (*body["content"], body["required"])
        for *_, operation in operations(SDK)
        if (body := operation.get("requestBody"))
    }
    assert types.pop("attachments.create") == (MULTIPART, True)
    assert set(types.values()) == {(JSON, True)}
    assert len(types) == 9


def test_operations_and_events_have_descriptions() -> None:
    described = [*operations(SDK), *operations(SDK, "webhooks")]
    assert len(described) == 25 + 15
    assert all(operation["description"] for *_, operation in described)


def test_bearer_tokens_are_the_only_credentials() -> None:
    assert SDK["security"] == [{"bearer": []}]
    assert list(SDK["components"]["securitySchemes"]) == ["bearer"]


def test_schemas_have_no_unions_conditions_or_closed_values() -> None:
    hard = {"anyOf", "oneOf", "allOf", "not", "if", "then", "else", "enum", "const"}
    hard |= {"patternProperties", "propertyNames"}
    assert [node for node in nodes(SCHEMAS) if hard & node.keys()] == []


def test_reactions_have_one_shape_in_requests_and_responses() -> None:
    reference = {"$ref": "#/components/schemas/Reactions"}
    for name in ("Message", "MessageUpdate"):
        assert SCHEMAS[name]["properties"]["reactions"] == reference
    usernames = {"type": "array", "items": {"type": "string", "minLength": 1}}
    assert SCHEMAS["Reactions"]["items"] == {"type": "object", "additionalProperties": usernames}


@pytest.mark.parametrize(
    ("schema", "attribute"),
    [
        ("GroupCreate", "contacts"),
        ("GroupUpdate", "contacts"),
        ("MessageCreate", "attachments"),
        ("MessageUpdate", "attachments"),
    ],
)
def test_references_are_arrays_of_ids(schema: str, attribute: str) -> None:
    assert SCHEMAS[schema]["properties"][attribute]["items"] == {"type": "string", "minLength": 1}


def test_schemas_are_five_for_each_resource_and_three_shared() -> None:
    suffixes = ("", "List", "Create", "Update", "Event")
    kinds = ("Contact", "Conversation", "Group", "Message", "Attachment")
    names = {f"{kind}{suffix}" for kind in kinds for suffix in suffixes}
    assert SCHEMAS.keys() == names | {"EmbeddedContact", "ErrorObject", "Reactions"}


def test_events_share_a_schema_and_list_their_types() -> None:
    for event_type, item in SDK["webhooks"].items():
        schema = item["post"]["requestBody"]["content"][JSON]["schema"]["$ref"]
        event = SCHEMAS[schema.rpartition("/")[2]]["properties"]["type"]
        assert event["type"] == "string"
        assert event_type in event["examples"]


def test_paging_comes_before_the_filters() -> None:
    paging = ["limit", "starting_after", "ending_before"]
    assert len(LISTS) == 5
    for operation in LISTS:
        assert [parameter["name"] for parameter in operation["parameters"][:3]] == paging


def test_every_parameter_has_an_example_in_the_default_fixtures(client: Client) -> None:
    described = list(parameters())
    assert len(described) == 3 * 5 + 8 + 5 + 15
    for path, parameter in described:
        name, example = parameter["name"], parameter["example"]
        assert valid(SDK, parameter["schema"], example) == []
        if parameter["in"] == "path":
            assert client.get(f"/v1{path.replace('{id}', example)}").status == 200
        elif parameter["in"] == "query":
            value = str(example).lower() if isinstance(example, bool) else example
            page = client.get(f"/v1{path}?{name}={value}")
            assert page.status == 200
            assert page.json["data"] or name == "ending_before"


def test_the_examples_succeed_one_after_the_other(client: Client) -> None:
    """Every operation is called as described, and every response is as described."""
    called = 0
    for path, method, operation in operations(SDK):
        [identifier] = SDK["paths"][path].get("parameters", [{"example": ""}])
        url = f"/v1{path.replace('{id}', identifier['example'])}"
        options: dict[str, Any] = {}
        if "requestBody" in operation:
            [(media_type, body)] = operation["requestBody"]["content"].items()
            options = {"json": body["example"]}
            if media_type == MULTIPART:
                options = {"multipart": [("file", ("plan.txt", b"Up"))]}
        [(status, documented)] = [
            (status, response)
            for status, response in operation["responses"].items()
            if status.startswith("2")
        ]
        answer = client(method.upper(), url, **options)
        assert str(answer.status) == status, (operation["operationId"], answer.data)
        if "content" in documented:
            assert valid(SDK, documented["content"][JSON]["schema"], answer.json) == []
        called += 1
    assert called == 25
