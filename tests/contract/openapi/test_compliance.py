"""The check of every response in this suite detects invalid responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from flask import Response
from werkzeug.test import Client

from mockserver.resources.contacts import Contacts
from mockserver.web.app import create_app
from mockserver.web.request import JsonResponse

if TYPE_CHECKING:
    from tests.contract.openapi.compliance import Compliance

FRANK = "/v1/contacts/WAz8eIbvDR60rouK"
ASKED = {"Authorization": "Bearer demo"}


def ask(path: str = FRANK, method: str = "GET", **options: Any) -> int:
    client = Client(create_app())
    return client.open(path, method=method, headers=ASKED, **options).status_code


def test_additional_attribute_is_detected(
    compliance: Compliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Contacts, "present", lambda _, __, record: {**record, "nickname": "F"})
    assert ask() == 200
    [violation] = compliance.taken()
    assert violation.startswith(f"GET {FRANK}? -> 200: ")
    assert "nickname" in violation


def test_missing_attribute_is_detected(
    compliance: Compliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def present(_: Contacts, __: object, record: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in record.items() if name != "username"}

    monkeypatch.setattr(Contacts, "present", present)
    assert ask("/v1/contacts?limit=1") == 200
    [violation] = compliance.taken()
    assert "data.0: " in violation
    assert "username" in violation


JSON = "application/json"
PLANTED = [
    ("the document has no such status", "GET", Response(b"{}", 202, content_type=JSON)),
    ("the header x-new is unknown", "DELETE", Response(b"", 204, {"X-New": "1"})),
    ("the type text/html", "GET", Response(b"", 200, content_type="text/html")),
    ("the header Location is missing", "POST", JsonResponse({}, 201)),
    ("there is a body", "DELETE", Response(b"{}", 204, content_type=JSON)),
]


@pytest.mark.parametrize(("words", "method", "response"), PLANTED)
def test_undocumented_status_header_and_type_are_detected(
    compliance: Compliance, words: str, method: str, response: Response
) -> None:
    app = create_app()
    for operation in ("create", "retrieve", "delete"):
        app.view_functions[f"contacts.{operation}"] = lambda **_: response
    path = "/v1/contacts" if method == "POST" else FRANK
    sent = Client(app).open(path, method=method, headers=ASKED)
    assert sent.status_code == response.status_code
    assert words in " ".join(compliance.taken())


def test_fault_responses_are_not_checked(compliance: Compliance) -> None:
    assert ask(f"{FRANK}?__code=418") == 418
    assert compliance.taken() == []
