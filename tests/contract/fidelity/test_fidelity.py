"""Every visible part of the API has exactly resource row in the fidelity table."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mockserver.contract.fidelity.provenance import counts, rows, subject
from mockserver.contract.openapi.responses import ERRORS
from mockserver.resources.registry import VERBS, ResourceRegistry
from mockserver.server import Server
from mockserver.settings import Settings
from tests.contract.fidelity.exercise_all import exercise_all, receive_delivery

KINDS = {resource.path: resource.kind for resource in ResourceRegistry()}
EMBEDDED = {("message", "contact"), ("group", "contacts")}


def subjects(area: str) -> set[str]:
    return {row.subject for row in rows(area)}


@pytest.fixture
def small(serve: Callable[..., Server], client: Any) -> Any:
    """A client of a new sandbox on a server with a small body limit and all optional headers."""
    server = serve(Settings(max_body=1000, standard_webhooks=True))
    return type(client)(server.url, client.token, client.pool)


def test_every_endpoint_and_parameter_has_a_row() -> None:
    assert subjects("endpoint") == {
        subject(resource, verb) for resource in ResourceRegistry() for verb in VERBS
    }
    assert subjects("parameter") == {
        f"{subject(resource, 'list')}?{name}"
        for resource in ResourceRegistry()
        for name in resource.query_schema.fields
    }


def test_every_request_attribute_has_a_row() -> None:
    accepted = {
        f"{subject(resource, verb)} {name}"
        for resource in ResourceRegistry()
        for verb, body in (("create", resource.create_schema), ("update", resource.update_schema))
        for name in body.fields
    }
    assert {name for name in subjects("attribute") if name.startswith("P")} == accepted


def test_every_response_attribute_has_a_row(small: Any) -> None:
    seen: set[str] = set()
    for _, path, response in exercise_all(small):
        if response.data:
            seen.update(attribute_names(response.json, path))
    seen.update(
        f"event.{name}" for name in json.loads(receive_delivery(other_sandbox(small))["body"])
    )
    expected = {name for name in subjects("attribute") if not name.startswith("P")}
    assert seen == expected


def attribute_names(body: Any, path: str) -> Iterator[str]:
    """Yield the attributes of a response by their names in the table."""
    kind = KINDS[path.split("?")[0].split("/")[2]]
    if "documentation_url" in body:
        yield from (f"error.{name}" for name in body)
    elif "has_more" in body:
        yield from (f"page.{name}" for name in body)
        for record in body["data"]:
            yield from object_names(record, kind)
    else:
        yield from object_names(body, kind)


def object_names(record: Any, kind: str) -> Iterator[str]:
    for name, value in record.items():
        yield f"{kind}.{name}"
        if (kind, name) in EMBEDDED:
            for contact in value if isinstance(value, list) else [value]:
                yield from object_names(contact, "embedded contact")
        if (kind, name) == ("message", "attachments"):
            for attachment in value:
                yield from object_names(attachment, "attachment")


def test_every_status_has_a_row(small: Any) -> None:
    seen = {str(response.status) for _, _, response in exercise_all(small)}
    assert seen == subjects("status")
    assert {str(status) for status in ERRORS} <= subjects("status")


def test_every_header_has_a_row(small: Any) -> None:
    seen = {name.lower() for _, _, response in exercise_all(small) for name in response.headers}
    seen |= {
        f"delivery {name.lower()}" for name in receive_delivery(other_sandbox(small))["headers"]
    }
    assert seen == {header.lower() for header in subjects("header")}


def test_plain_responses_have_only_x_extension_headers(client: Any) -> None:
    extensions = {row.subject.lower() for row in rows("header", "extension")}
    for response in (client.get("/v1/contacts"), client.get("/v1/nothing")):
        sent = {name.lower() for name in response.headers} & extensions
        assert all(name.startswith("x-") for name in sent)


def test_every_event_type_has_a_row() -> None:
    assert subjects("event") == set(ResourceRegistry().event_types)


def test_every_row_not_documented_has_a_reason() -> None:
    for row in rows():
        assert row.statement
        assert bool(row.reason) == (row.basis != "documented"), row
    names = [(row.area, row.subject) for row in rows()]
    assert len(set(names)) == len(names)


def test_the_control_api_returns_the_rows(client: Any) -> None:
    table = client.get("/_sandbox/fidelity").json
    assert table["counts"] == counts(rows())
    assert [tuple(row.values()) for row in table["data"]] == [tuple(row) for row in rows()]
    decided = client.get("/_sandbox/fidelity?area=status&basis=decided").json
    assert decided["counts"] == {"documented": 0, "decided": len(decided["data"]), "extension": 0}
    assert {row["area"] for row in decided["data"]} == {"status"}
    client.get("/_sandbox/fidelity?basis=guessed").refused(400, "documented, decided, extension")


def test_the_page_shows_the_rows_without_scripts(client: Any) -> None:
    page = client.get("/fidelity", headers={"Authorization": ""})
    text = page.data.decode()
    assert page.status == 200
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src")
    subjects_shown = re.findall(r'<th scope="row"><code>(.*?)</code>', text)
    assert len(subjects_shown) == len(rows())
    assert "POST /v1/messages message" in subjects_shown
    assert "<script" not in text
    assert "&#34;true&#34; is not a boolean" in text
    for link in re.findall(r'(?:href|src)="([^"#]+)"', text):
        assert client.get(link).status == 200, link


def other_sandbox(client: Any) -> Any:
    """Return a client of another sandbox of the same server."""
    return type(client)(client.url, f"{client.token}_fresh", client.pool)
