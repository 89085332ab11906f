"""The OpenAPI documents: valid, complete and true."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from openapi_spec_validator import validate

from mockserver.contract.openapi.document import document
from mockserver.contract.openapi.sdk import sdk_document
from mockserver.resources.registry import ResourceRegistry
from mockserver.web.app import create_app
from mockserver.web.control.routes import build_openapi

if TYPE_CHECKING:
    from tests.conftest import Client

URL = "http://127.0.0.1:4242"
API, STRICT, CONTROL = document(URL), document(URL, strict=True), build_openapi(URL)
SDK = sdk_document(URL)
METHODS = ("get", "post", "put", "delete")
each_document = pytest.mark.parametrize(
    "spec", [API, STRICT, CONTROL, SDK], ids=["api", "strict", "control", "sdk"]
)


def operations(spec: dict[str, Any], part: str = "paths") -> Iterator[tuple[str, str, Any]]:
    """Yield the path, method and operation of all operations."""
    for path, item in spec.get(part, {}).items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def valid(spec: dict[str, Any], schema: dict[str, Any], value: Any) -> list[str]:
    """Return the errors of a value by one of a document's schemas."""
    with_components = {**schema, "components": spec["components"]}
    validator = jsonschema_rs.validator_for(with_components, validate_formats=True)
    return [str(error) for error in validator.iter_errors(value)]


@each_document
def test_document_is_valid(spec: dict[str, Any]) -> None:
    validate(spec)


@each_document
def test_operation_ids_are_unique(spec: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(spec)]
    ids += [webhook["operationId"] for _, _, webhook in operations(spec, "webhooks")]
    assert len(ids) == len(set(ids))


def test_document_has_the_25_operations() -> None:
    assert [operation["operationId"] for _, _, operation in operations(API)] == list(
        ResourceRegistry().operations
    )


@pytest.mark.parametrize(
    ("spec", "prefix"), [(API, "/v1/"), (CONTROL, "/_sandbox")], ids=["api", "control"]
)
def test_document_paths_equal_the_apps_routes(spec: dict[str, Any], prefix: str) -> None:
    app = create_app()
    routes: Any = app if prefix == "/v1/" else app.dispatcher.select(prefix)
    rules = routes.url_map.iter_rules()
    routed = {
        (str(rule).replace("<", "{").replace(">", "}"), method)
        for rule in rules
        if str(rule).startswith(prefix)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    root = "/v1" if prefix == "/v1/" else "/_sandbox"
    documented = {
        (f"{root}{path.rstrip('/')}", method.upper()) for path, method, _ in operations(spec)
    }
    assert documented == {(path.replace("record_id", "id"), method) for path, method in routed}


@pytest.mark.parametrize(
    "operation", [spec for *_, spec in operations(API)], ids=list(ResourceRegistry().operations)
)
def test_operations_document_every_error(operation: dict[str, Any]) -> None:
    _, _, verb = operation["operationId"].rpartition(".")
    statuses = {"400", "401", "421", "429", "500", "503"}
    success = {"create": "201", "delete": "204"}.get(verb, "200")
    if verb in ("retrieve", "update", "delete"):
        statuses.add("404")
    if verb in ("create", "update"):
        statuses |= {"413", "415"}
    if operation["operationId"] == "contacts.delete":
        statuses.add("409")
    assert set(operation["responses"]) == statuses | {success}


def test_errors_document_their_headers() -> None:
    responses = API["components"]["responses"]
    assert "WWW-Authenticate" in responses["Unauthorized"]["headers"]
    assert "Retry-After" in responses["TooManyRequests"]["headers"]
    assert "X-RateLimit-Reset" in responses["TooManyRequests"]["headers"]
    assert "Retry-After" in responses["Unavailable"]["headers"]


def test_each_body_has_three_content_types() -> None:
    types = [
        list(operation["requestBody"]["content"])
        for *_, operation in operations(API)
        if "requestBody" in operation
    ]
    three = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]
    # Generators use the first content type: for an upload, the one that can contain a file.
    assert types == [three] * 8 + [[three[2], *three[:2]], three]


def test_document_has_15_signed_webhooks() -> None:
    assert list(API["webhooks"]) == ResourceRegistry().event_types
    for _, _, webhook in operations(API, "webhooks"):
        assert webhook["security"] == []
        assert webhook["parameters"][0]["name"] == "x-protocol-signature"
        assert set(webhook["responses"]) == {"2XX", "410"}


def contents(node: Any) -> Iterator[dict[str, Any]]:
    """Yield each object that has both a schema and an example."""
    if isinstance(node, dict):
        if "schema" in node and "example" in node:
            yield node
        for below in node.values():
            yield from contents(below)


@each_document
def test_tags_and_operations_have_descriptions(spec: dict[str, Any]) -> None:
    tags = {tag["name"]: tag["description"] for tag in spec["tags"]}
    assert all(tags.values())
    for _, _, operation in operations(spec):
        assert tags.keys() >= set(operation["tags"])
        assert operation["summary"]


@each_document
def test_examples_match_their_schemas(spec: dict[str, Any]) -> None:
    examples = list(contents(spec))
    wrong = [(item["example"], valid(spec, item["schema"], item["example"])) for item in examples]
    assert [pair for pair in wrong if pair[1]] == []
    assert len(examples) > 20


def test_response_examples_are_complete() -> None:
    spec = [
        operation
        for *_, operation in operations(API)
        if not operation["operationId"].endswith("delete")
    ]
    for operation in spec:
        [content] = [
            response["content"]["application/json"]
            for status, response in operation["responses"].items()
            if status in ("200", "201")
        ]
        assert "example" in content, operation["operationId"]


def test_example_group_members_match_the_fixtures(client: Client) -> None:
    retrieve = API["paths"]["/groups/{id}"]["get"]["responses"]["200"]["content"]
    response = client.get("/v1/groups/l7cGNIBKZiNJ6wqF").json
    assert retrieve["application/json"]["example"] == response


def test_only_the_strict_document_forbids_new_attributes() -> None:
    tomorrow = {
        **API["paths"]["/contacts/{id}"]["get"]["responses"]["200"]["content"]["application/json"][
            "example"
        ],
        "nickname": "Frank",
    }
    schema = {"$ref": "#/components/schemas/Contact"}
    assert valid(API, schema, tomorrow) == []
    assert len(valid(STRICT, schema, tomorrow)) == 1
    taken = {"username": "F", "phone_number": "1", "nickname": "Frank"}
    for spec in (API, STRICT):
        assert len(valid(spec, {"$ref": "#/components/schemas/ContactCreate"}, taken)) == 1


def test_documents_do_not_share_objects() -> None:
    first, second = document(URL), document(URL)
    before = json.dumps(second)

    def spoil(node: Any) -> None:
        for below in list(node.values()) if isinstance(node, dict) else node:
            if isinstance(below, dict | list):
                spoil(below)
        node.clear()

    spoil(first)
    assert json.dumps(second) == json.dumps(document(URL)) == before


def test_event_descriptions_use_the_right_article() -> None:
    documented = [webhook["description"] for _, _, webhook in operations(API, "webhooks")]
    assert any(description.startswith("An attachment was deleted") for description in documented)
    assert not [description for description in documented if description.startswith("A attachment")]
