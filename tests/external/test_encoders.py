"""What npm's qs and PHP's http_build_query make of a body means what its JSON means."""

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

#: Method, path and body; what a form cannot say, null and an empty array, is in none.
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
#: With repeated names, objects in an array cannot be told apart: that is refused, not guessed.
AMBIGUOUS = {"brackets"}


def encoded(command: list[str], **variables: str) -> list[str]:
    done = subprocess.run(
        command,
        input=json.dumps([body for _, _, body in REQUESTS]),
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found: list[str] = json.loads(done.stdout)
    return found


def same(client: Client, other: Callable[[str], Client], forms: list[str], ambiguous: bool) -> None:
    """Each form, sent to one sandbox, is answered as its JSON is by another."""
    twin = other("json")
    for (method, path, body), form in zip(REQUESTS, forms, strict=True):
        answer = client(method, path, body=form.encode(), headers=FORM)
        if ambiguous and "id" in str(body.get("contacts", "")):
            answer.refused(400)
            continue
        wanted = twin(method, path, json=body)
        assert wanted.status < 300, wanted.data
        assert (answer.status, answer.data) == (wanted.status, wanted.data), form
    state, wanted_state = (each.get("/_sandbox/state").data for each in (client, twin))
    assert state == wanted_state


@pytest.mark.parametrize("arrays", ["indices", "brackets"])
def test_qs(npm: Install, client: Client, other: Callable[[str], Client], arrays: str) -> None:
    modules = npm("qs@6") / "node_modules"
    forms = encoded(["node", str(HERE / "encode.cjs"), arrays], NODE_PATH=str(modules))
    same(client, other, forms, arrays in AMBIGUOUS)


def test_http_build_query(client: Client, other: Callable[[str], Client]) -> None:
    same(client, other, encoded(["php", str(HERE / "encode.php")]), ambiguous=False)
