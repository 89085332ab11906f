"""The ledger has a row for all that is served, and none for what is not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mockserver.contract.fidelity.interface import subject
from mockserver.contract.fidelity.provenance import counts, rows
from mockserver.contract.openapi.responses import ERRORS
from mockserver.resources.registry import VERBS, ResourceRegistry
from mockserver.server import Server
from mockserver.settings import Settings
from tests.contract.fidelity.exercise_all import answers, delivered

KINDS = {one.path: one.kind for one in ResourceRegistry()}
EMBEDDED = {("message", "contact"), ("group", "contacts")}


def subjects(area: str) -> set[str]:
    return {row.subject for row in rows(area)}


@pytest.fixture
def small(serve: Callable[..., Server], client: Any) -> Any:
    """A new sandbox of a server that takes small bodies, and sends all the headers it can."""
    server = serve(Settings(max_body=1000, standard_webhooks=True))
    return type(client)(server.url, client.token, client.pool)


def test_each_endpoint_and_each_parameter_has_a_row_and_no_other() -> None:
    assert subjects("endpoint") == {
        subject(one, verb) for one in ResourceRegistry() for verb in VERBS
    }
    assert subjects("parameter") == {
        f"{subject(one, 'list')}?{name}" for one in ResourceRegistry() for name in one.query.fields
    }


def test_each_attribute_that_may_be_sent_has_a_row_and_no_other() -> None:
    taken = {
        f"{subject(one, verb)} {name}"
        for one in ResourceRegistry()
        for verb, body in (("create", one.create_body), ("update", one.update_body))
        for name in body.fields
    }
    assert {each for each in subjects("attribute") if each.startswith("P")} == taken


def test_each_attribute_that_is_answered_has_a_row_and_no_other(small: Any) -> None:
    seen: set[str] = set()
    for _, path, answer in answers(small):
        if answer.data:
            seen.update(named(answer.json, path))
    seen.update(f"event.{name}" for name in json.loads(delivered(fresh(small))["body"]))
    shown = {each for each in subjects("attribute") if not each.startswith("P")}
    assert seen == shown


def named(shown: Any, path: str) -> Iterator[str]:
    """The attributes of an answer, as the ledger calls them."""
    kind = KINDS[path.split("?")[0].split("/")[2]]
    if "documentation_url" in shown:
        yield from (f"error.{name}" for name in shown)
    elif "has_more" in shown:
        yield from (f"page.{name}" for name in shown)
        for each in shown["data"]:
            yield from within(each, kind)
    else:
        yield from within(shown, kind)


def within(shown: Any, kind: str) -> Iterator[str]:
    for name, value in shown.items():
        yield f"{kind}.{name}"
        if (kind, name) in EMBEDDED:
            for each in value if isinstance(value, list) else [value]:
                yield from within(each, "embedded contact")
        if (kind, name) == ("message", "attachments"):
            for each in value:
                yield from within(each, "attachment")


def test_each_status_has_a_row_and_no_other(small: Any) -> None:
    seen = {str(answer.status) for _, _, answer in answers(small)}
    assert seen == subjects("status")
    assert {str(status) for status in ERRORS} <= subjects("status")


def test_each_header_has_a_row_and_no_other(small: Any) -> None:
    seen = {name.lower() for _, _, answer in answers(small) for name in answer.headers}
    seen |= {f"delivery {name.lower()}" for name in delivered(fresh(small))["headers"]}
    assert seen == {each.lower() for each in subjects("header")}


def test_of_the_extensions_no_plain_answer_has_any_but_those_that_begin_with_x(client: Any) -> None:
    extensions = {row.subject.lower() for row in rows("header", "extension")}
    for answer in (client.get("/v1/contacts"), client.get("/v1/nothing")):
        found = {name.lower() for name in answer.headers} & extensions
        assert all(name.startswith("x-") for name in found)


def test_each_type_of_event_has_a_row_and_no_other() -> None:
    assert subjects("event") == set(ResourceRegistry().event_types)


def test_whatever_is_not_documented_has_its_reason() -> None:
    for row in rows():
        assert row.statement
        assert bool(row.reason) == (row.basis != "documented"), row
    names = [(row.area, row.subject) for row in rows()]
    assert len(set(names)) == len(names)


def test_it_is_told_by_the_control_api(client: Any) -> None:
    told = client.get("/_sandbox/fidelity").json
    assert told["counts"] == counts(rows())
    assert [tuple(each.values()) for each in told["data"]] == [tuple(row) for row in rows()]
    decided = client.get("/_sandbox/fidelity?area=status&basis=decided").json
    assert decided["counts"] == {"documented": 0, "decided": len(decided["data"]), "extension": 0}
    assert {each["area"] for each in decided["data"]} == {"status"}
    client.get("/_sandbox/fidelity?basis=guessed").refused(400, "documented, decided, extension")


def test_it_is_told_by_a_page_without_any_script(client: Any) -> None:
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


def fresh(client: Any) -> Any:
    """Another sandbox of the same server."""
    return type(client)(client.url, f"{client.token}_fresh", client.pool)
