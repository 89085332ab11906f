"""Request bodies are accepted exactly as the document describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mockserver.web.control.context import EXAMPLES
from mockserver.web.control.routes import ROUTES
from tests.contract.openapi.test_document import API, CONTROL, operations, valid

if TYPE_CHECKING:
    from tests.conftest import Client

FRANK, HOTEL = "WAz8eIbvDR60rouK", "l7cGNIBKZiNJ6wqF"
CHAT, SAID = "xgQQXg3hrtjh7AvZ", "SIuAFUNKdSYHZF2w"
BODIES: list[tuple[str, str, str, dict[str, Any]]] = [
    (method, path, schema, body)
    for method, path, schema, bodies in (
        (
            "POST",
            "conversations",
            "ConversationCreate",
            (
                {"contact_id": FRANK},
                {"contact_id": FRANK, "group_id": None},
                {"contact_id": None, "group_id": HOTEL},
                {"contact_id": FRANK, "group_id": HOTEL},
                {"contact_id": None},
                {"contact_id": ""},
                {},
            ),
        ),
        (
            "POST",
            "messages",
            "MessageCreate",
            (
                {"conversation_id": CHAT, "message": "a"},
                {"conversation_id": CHAT, "message": ""},
                {"conversation_id": CHAT, "message": "", "attachments": []},
                {"conversation_id": CHAT, "message": "a", "attachments": [7]},
                {"conversation_id": CHAT, "message": "a", "attachments": [{"id": ""}]},
                {"conversation_id": CHAT},
            ),
        ),
        (
            "PUT",
            f"messages/{SAID}",
            "MessageUpdate",
            (
                {"reactions": {"joy": ["a"]}},
                {"reactions": [{"joy": ["a"]}, {"sad": []}]},
                {"reactions": {"joy": "a"}},
                {"reactions": {"joy": [""]}},
                {"reactions": {"": ["a"]}},
            ),
        ),
        (
            "PUT",
            f"groups/{HOTEL}",
            "GroupUpdate",
            (
                {"contacts": [FRANK, {"id": FRANK, "more": 1}]},
                {"contacts": FRANK},
                {"name": None},
                {"description": None, "avatar_url": "https://x.y/z", "archived_at": 0},
                {"avatar_url": "ftp://x"},
                {"avatar_url": "http://"},
                {"avatar_url": "http://x/ y"},
                {"archived_at": -1},
                {"archived_at": 5.0},
            ),
        ),
        (
            "POST",
            "attachments",
            "AttachmentCreate",
            tuple(
                {"file": name}
                for name in ("a", "a/b", "a/..b", "...", "", "/", "a/", "..", "a\\.", ".a", "..\n")
            ),
        ),
        ("PUT", "attachments/Nc6yKKMpcxiiFxp6", "AttachmentUpdate", ({"filename": "."}, {})),
    )
    for body in bodies
]


@pytest.mark.parametrize(("method", "path", "schema", "body"), BODIES)
def test_bodies_are_accepted_exactly_as_documented(
    client: Client, method: str, path: str, schema: str, body: dict[str, Any]
) -> None:
    wrong = valid(API, {"$ref": f"#/components/schemas/{schema}"}, body)
    response = client(method, f"/v1/{path}", json=body)
    assert response.status in ((200, 201) if not wrong else (400,)), (response.data, wrong)


CLOSED = [
    (path, method, operation)
    for path, method, operation in operations(CONTROL)
    if "additionalProperties"
    in operation.get("requestBody", {})
    .get("content", {})
    .get("application/json", {"schema": {}})["schema"]
]


@pytest.mark.parametrize(
    ("path", "method", "spec"), CLOSED, ids=[spec["operationId"] for *_, spec in CLOSED]
)
def test_control_api_accepts_documented_attributes(
    client: Client, path: str, method: str, spec: dict[str, Any]
) -> None:
    """The error for an unknown attribute lists the attributes of the document."""
    response = client(method.upper(), "/_sandbox" + path.replace("{name}", "x"), json={"~": 1})
    known = list(spec["requestBody"]["content"]["application/json"]["schema"]["properties"])
    known_names = f"known: {', '.join(known)}" if known else "no attributes are accepted here"
    assert response.status == 400
    assert f"unknown attribute '~'; {known_names}" in response.json["message"]


def test_every_example_belongs_to_a_control_route() -> None:
    assert EXAMPLES.keys() <= {route.operation for route in ROUTES}
    without = {route.operation for route in ROUTES if route.body and route.example is None}
    assert without == {"delete_faults"}  # any body but an empty object is a mistake


def test_most_control_api_bodies_have_a_schema() -> None:
    with_body = [operation for *_, operation in operations(CONTROL) if "requestBody" in operation]
    assert len(with_body) - len(CLOSED) == 2
