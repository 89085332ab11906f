"""Every documented request returns its documented response, in any body encoding."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from mockserver.contract.examples import examples

if TYPE_CHECKING:
    from tests.conftest import HttpResponse
    from tests.contract.conftest import Api

EXAMPLES = {name: example for name, example in examples().items() if example["request"]}
ENCODINGS = ("form", "json", "multipart")
CASES = [
    pytest.param(name, encoding, id=f"{name}, {encoding}" if encoding else name)
    for name, example in EXAMPLES.items()
    for encoding in (ENCODINGS if {"form", "files"} & set(example["request"]) else (None,))
]


def replay(client: Api, request: dict[str, Any], encoding: str | None) -> HttpResponse:
    """Send a documented request; its file is a text, since its cURL command has no ``@``."""
    query = urlencode([tuple(pair) for pair in request.get("query", ())])
    path = f"{request['path']}?{query}" if query else request["path"]
    pairs = [(name, value) for name, value in request.get("form", request.get("files", ()))]
    bodies: dict[str | None, dict[str, Any]] = {
        None: {},
        "form": {"form": pairs},
        "json": {"json": as_json(pairs)},
        "multipart": {"multipart": pairs},
    }
    return client(request["method"], path, **bodies[encoding])


def as_json(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Return a documented form as JSON: texts, ``true``, and ``name[inner][]``."""
    body: dict[str, Any] = {}
    for name, value in pairs:
        root, *inner = re.findall(r"[^\[\]]+", name)
        body[root] = {inner[0]: [value]} if inner else True if value == "true" else value
    return body


def unelided(expected: dict[str, Any], actual: dict[str, Any]) -> dict[str, Any]:
    """Return ``actual`` with only the attributes of a group's members that are documented."""
    if "contacts" not in expected:
        return actual
    members = [
        {name: member[name] for name in documented}
        for documented, member in zip(expected["contacts"], actual["contacts"], strict=True)
    ]
    return {**actual, "contacts": members}


def without(paths: list[str], value: dict[str, Any]) -> dict[str, Any]:
    """Return ``value`` with null for values of which only the type is documented."""
    copy: dict[str, Any] = json.loads(json.dumps(value))
    for path in paths:
        *parents, name = path.split(".")
        inner = copy
        for parent in parents:
            inner = inner[parent]
        inner[name] = None
    return copy


def compare(example: dict[str, Any], response: HttpResponse) -> None:
    expected, actual, how = example["response"]["body"], response.json, example["compare"]
    if how == "ids":
        expected = {**expected, "data": [item["id"] for item in expected["data"]]}
        actual = {**actual, "data": [item["id"] for item in actual["data"]]}
    elif how == "first":
        expected, actual = expected["data"][0], actual["data"][0]
    elif how != "exact":
        expected, actual = without(how["except"], expected), without(how["except"], actual)
    if isinstance(actual, dict):
        actual = unelided(expected, actual)
    # Compare texts, since dicts are equal in any order.
    assert json.dumps(actual, indent=1) == json.dumps(expected, indent=1)


@pytest.mark.parametrize(("name", "encoding"), CASES)
def test_a_documented_request_gives_its_documented_response(
    client: Api, name: str, encoding: str | None
) -> None:
    example = EXAMPLES[name]
    response = replay(client, example["request"], encoding)
    assert response.status == example["response"]["status"], response.data
    compare(example, response)


@pytest.mark.parametrize(
    "name", [name for name, example in EXAMPLES.items() if example["compare"] == "first"]
)
def test_documented_page_continues_in_the_list(client: Api, name: str) -> None:
    request, page = EXAMPLES[name]["request"], EXAMPLES[name]["response"]["body"]
    filters = urlencode([tuple(pair) for pair in request["query"] if pair[0] != "limit"])
    listed = client.ids(f"{request['path']}?{filters}")
    documented = [item["id"] for item in page["data"]]
    assert [record_id for record_id in listed if record_id in documented] == documented


def test_documented_group_id_typo_gets_the_near_miss(
    client: Api,
) -> None:
    client.get("/v1/groups/L7cGNIBKZiNJ6wqF").refused(404, "'l7cGNIBKZiNJ6wqF'", "case")


def test_documented_error_is_the_error_object(client: Api) -> None:
    example = examples()["error object"]
    assert list(client.get("/v1/nothing").refused(404).json) == list(example["response"]["body"])
