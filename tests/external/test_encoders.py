"""Forms encoded by npm's qs and PHP's http_build_query mean the same as the JSON body."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Client
    from tests.external.conftest import Install

pytestmark = pytest.mark.external
HERE = Path(__file__).with_name("encoders")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TALK, FRANK, USER = "xgQQXg3hrtjh7AvZ", "WAz8eIbvDR60rouK", "inEIRvzjC6YLMX3o"
GROUP, SAID = "l7cGNIBKZiNJ6wqF", "SIuAFUNKdSYHZF2w"

#: Method, path and body, without null and empty arrays, which a form cannot express.
REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/v1/contacts", {"username": "Bü zz & Co=1+1%", "phone_number": "+1 (2) 3"}),
    ("PUT", f"/v1/contacts/{FRANK}", {"display_name": "F[0]\r\n\U0001fa9c"}),
    ("PUT", f"/v1/conversations/{TALK}", {"is_muted": True, "is_pinned": False}),
    ("PUT", f"/v1/conversations/{TALK}", {"archived_at": 705106800}),
    ("POST", "/v1/groups", {"name": "Tree", "contacts": [FRANK, USER]}),
    ("POST", "/v1/groups", {"name": "One", "contacts": [FRANK]}),
    ("PUT", f"/v1/groups/{GROUP}", {"contacts": [{"id": USER}, {"id": FRANK}]}),
    ("POST", "/v1/messages", {"conversation_id": TALK, "message": "a=b&c[]=d"}),
    ("PUT", f"/v1/messages/{SAID}", {"reactions": {"joy": ["Buzz", "Kate M"], "a b": ["é"]}}),
    ("PUT", f"/v1/messages/{SAID}", {"message": "true"}),
    ("POST", "/v1/attachments", {"file": "../plans/plan.pdf"}),
]
#: With repeated names, objects in an array are ambiguous: the server refuses them.
AMBIGUOUS = {"brackets"}


def encode(command: list[str], **variables: str) -> list[str]:
    result = subprocess.run(
        command,
        input=json.dumps([body for _, _, body in REQUESTS]),
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    forms: list[str] = json.loads(result.stdout)
    return forms


def assert_same(
    client: Client, other: Callable[[str], Client], forms: list[str], ambiguous: bool
) -> None:
    """Check that each form gets the response that its JSON gets in another sandbox."""
    json_client = other("json")
    for (method, path, body), form in zip(REQUESTS, forms, strict=True):
        response = client(method, path, body=form.encode(), headers=FORM)
        if ambiguous and "id" in str(body.get("contacts", "")):
            response.refused(400)
            continue
        expected = json_client(method, path, json=body)
        assert expected.status < 300, expected.data
        assert (response.status, response.data) == (expected.status, expected.data), form
    assert client.get("/_sandbox/state").data == json_client.get("/_sandbox/state").data


@pytest.mark.parametrize("arrays", ["indices", "brackets"])
def test_forms_of_qs_mean_the_same_as_json(
    npm: Install, client: Client, other: Callable[[str], Client], arrays: str
) -> None:
    modules = npm("qs@6") / "node_modules"
    forms = encode(["node", str(HERE / "encode.cjs"), arrays], NODE_PATH=str(modules))
    assert_same(client, other, forms, arrays in AMBIGUOUS)


def test_forms_of_php_mean_the_same_as_json(client: Client, other: Callable[[str], Client]) -> None:
    assert_same(client, other, encode(["php", str(HERE / "encode.php")]), ambiguous=False)
