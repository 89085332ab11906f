"""The Faults card: presets, custom rules and active rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.faults.rules import FAULT_TYPES
from mockserver.resources.registry import ResourceRegistry
from tests.conftest import Client
from tests.external.dashboard.conftest import expect
from tests.external.dashboard.console_errors import expect_console_errors
from tests.external.dashboard.controls.page import CHAT, HOSTILE, faults, open_page

if TYPE_CHECKING:
    from tests.external.dashboard.conftest import Visit

pytestmark = pytest.mark.external


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("Next request: 500", {"times": 1, "fault": {"type": "error", "status": 500}}),
        (
            "Next request: 503",
            {"times": 1, "fault": {"type": "error", "status": 503, "retry_after": 2}},
        ),
        (
            "Messages fail twice",
            {
                "match": {"operation": "messages.create"},
                "times": 2,
                "fault": {"type": "error", "status": 503, "retry_after": 2},
            },
        ),
        ("Connection reset", {"times": 1, "fault": {"type": "CONNECTION_RESET_BY_PEER"}}),
        ("Empty response", {"times": 1, "fault": {"type": "EMPTY_RESPONSE"}}),
        (
            "Lost response",
            {"match": {"method": "POST"}, "times": 1, "fault": {"type": "commit_then_drop"}},
        ),
        ("Truncated response", {"times": 1, "fault": {"type": "truncate"}}),
        ("Delay of 2 s", {"times": 1, "fault": {"type": "fixed", "fixedDelayMilliseconds": 2000}}),
        (
            "Slow body",
            {"times": 1, "fault": {"type": "dribble", "numberOfChunks": 10, "totalDuration": 3000}},
        ),
        (
            "Random errors",
            {"probability": 0.2, "fault": {"type": "error", "status": 503, "retry_after": 1}},
        ),
        ("Schema drift", {"fault": {"type": "schema_drift"}}),
        (
            "Short pages",
            {"match": {"operation": "*.list"}, "fault": {"type": "page_cap", "maximum": 2}},
        ),
    ],
)
def test_a_preset_adds_its_rule(
    visit: Visit, client: Client, name: str, rule: dict[str, Any]
) -> None:
    page = open_page(visit)
    page.get_by_role("button", name=name).click()
    expect(page.locator("#faults-tag")).to_have_text("1 active")
    [added] = faults(client)
    plain = {"match": {}, "after": 0, "times": None, "probability": 1.0}
    assert added == plain | rule | {"id": "fault_1", "matched": 0, "applied": 0}


def test_every_preset_is_tested() -> None:
    """Fail if a preset is added without a test above."""
    [parametrize] = [
        mark for mark in test_a_preset_adds_its_rule.pytestmark if mark.name == "parametrize"
    ]
    page = Path(__file__).parents[4] / "mockserver/web/dashboard/pages/cards/faults.html"
    for name, _ in parametrize.args[1]:
        assert f'("{name}' in page.read_text("utf-8")
    assert page.read_text("utf-8").count('"fault": ') == len(parametrize.args[1])


def test_hits_are_counted_live_and_a_rule_is_removed(visit: Visit, client: Client) -> None:
    page = open_page(visit)
    page.get_by_role("button", name="Messages fail twice").click()
    rules = page.locator("#rules > li")
    expect(rules).to_contain_text("Error 503, Retry-After 2 s")
    expect(rules).to_contain_text("2 left")
    body = {"conversation_id": CHAT, "message": "Good evening."}
    assert client.post("/v1/messages", json=body).status == 503
    expect(rules).to_contain_text("applied to 1 of 1")
    expect(rules).to_contain_text("1 left")
    assert client.post("/v1/messages", json=body).status == 503
    expect(rules).to_contain_text("used up")
    page.get_by_role("button", name="Remove fault_1").click()
    expect(rules).to_have_count(0)
    assert faults(client) == []


def test_all_rules_are_removed_on_confirmation(visit: Visit, client: Client) -> None:
    page = open_page(visit)
    for name in ("Truncated response", "Random errors"):
        page.get_by_role("button", name=name).click()
    expect(page.locator("#rules > li")).to_have_count(2)
    page.get_by_role("button", name="Remove all").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove all").click()
    expect(page.get_by_text("No active rules.", exact=True)).to_be_visible()
    assert faults(client) == []


def test_a_custom_rule_is_added(visit: Visit, client: Client) -> None:
    page = open_page(visit)
    page.get_by_text("Add another rule").click()
    form = page.locator("#add-rule")
    form.get_by_label("Method").select_option("PUT")
    form.get_by_label("Resource").select_option("contacts")
    form.get_by_label("Operation").select_option("update")
    form.get_by_label("Path").fill("/v1/contacts/*")
    form.get_by_label("Matches to skip").fill("1")
    form.get_by_label("Number of times").fill("3")
    form.get_by_label("Probability").fill("0.5")
    form.get_by_label("ID", exact=True).fill("mine")
    form.get_by_label("Type").select_option("error")
    form.get_by_label("status").fill("418")
    form.locator("[name=message]").fill(HOSTILE)
    form.get_by_role("button", name="Add rule").click()
    entry = page.locator("#rules > li")
    expect(entry).to_contain_text("Error 418")
    expect(entry.locator(".match")).to_contain_text(
        "for PUT /v1/contacts/*, update of contacts, skipping the first 1, 3 times, "
        "with probability 0.5"
    )
    expect(entry.locator(".match")).to_contain_text(HOSTILE)
    entry.get_by_text("Show JSON").click()
    displayed = json.loads(entry.locator("pre").inner_text())
    [added] = faults(client)
    assert displayed == added
    assert added == {
        "id": "mine",
        "match": {
            "method": "PUT",
            "path": "/v1/contacts/*",
            "resource": "contacts",
            "operation": "update",
        },
        "after": 1,
        "times": 3,
        "probability": 0.5,
        "fault": {"type": "error", "status": 418, "message": HOSTILE},
        "matched": 0,
        "applied": 0,
    }
    assert page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize("kind", FAULT_TYPES)
def test_the_form_offers_each_fault_type_with_its_parameters(
    visit: Visit, client: Client, kind: str
) -> None:
    page = open_page(visit)
    page.get_by_text("Add another rule").click()
    page.locator("#fault-type").select_option(kind)
    inputs = page.locator("#fault-parameters input")
    expect(inputs).to_have_count(len(FAULT_TYPES[kind].parameters.fields))
    for name, field in FAULT_TYPES[kind].parameters.fields.items():
        if field.required:
            page.locator(f"#fault-parameters [name={name}]").fill(
                "503" if name == "status" else "5"
            )
    page.get_by_role("button", name="Add rule").click()
    expect(page.locator("#rules > li")).to_have_count(1)
    [added] = faults(client)
    assert added["fault"]["type"] == kind
    # Described in words, not only by its type.
    expect(page.locator("#rules .fault")).not_to_have_text(kind)


def test_the_form_offers_all_resources_and_operations(visit: Visit) -> None:
    page = open_page(visit)
    offered = {
        name: page.locator(f"#add-rule [name={name}]").evaluate(
            "select => [...select.options].map(option => option.value).filter(Boolean)"
        )
        for name in ("resource", "operation")
    }
    operations = [
        f"{resource}.{verb}" for resource in offered["resource"] for verb in offered["operation"]
    ]
    assert operations == list(ResourceRegistry().operations)


def test_server_errors_are_listed_in_the_form(visit: Visit, client: Client) -> None:
    page = open_page(visit)
    page.get_by_text("Add another rule").click()
    form = page.locator("#add-rule")
    form.get_by_label("Probability").fill("7")
    form.get_by_label("Number of times").fill("0")
    form.get_by_label("status").fill("200")
    form.get_by_role("button", name="Add rule").click()
    problems = form.locator(".action-error li")
    expect(problems).to_have_count(3)
    for index, name in enumerate(("times", "probability", "fault.status")):
        expect(problems.nth(index)).to_contain_text(name)
    form.get_by_label("Probability").fill("")
    form.get_by_label("Number of times").fill("")
    form.get_by_label("status").fill("500")
    form.get_by_label("Path").fill(HOSTILE)
    form.get_by_role("button", name="Add rule").click()
    expect(form.locator(".action-error")).to_contain_text("match.path: must start")
    expect(form.get_by_label("Path")).to_have_value(HOSTILE)
    assert faults(client) == []
    expect_console_errors(visit, 400)


def test_rules_show_their_order_and_which_never_apply(visit: Visit, client: Client) -> None:
    client.post("/_sandbox/faults", json={"id": "first", "fault": "schema_drift"})
    client.post("/_sandbox/faults", json={"id": "second", "fault": "truncate"})
    page = open_page(visit)
    expect(page.get_by_text("Only the first rule that matches")).to_be_visible()
    expect(page.locator("#rules .name")).to_have_text(["first", "second"])
    warning = page.locator("#rules > li").nth(1).locator(".shadowed")
    expect(warning).to_contain_text("never applies: first applies to every request")
    expect(page.locator("#rules > li").nth(0).locator(".shadowed")).to_be_hidden()


def test_a_preset_goes_before_a_rule_that_matches_everything(visit: Visit, client: Client) -> None:
    client.post("/_sandbox/faults", json={"id": "all", "fault": "schema_drift"})
    assert client.get("/v1/contacts").status == 200
    page = open_page(visit)
    page.get_by_role("button", name="Next request: 500").click()
    expect(page.locator("#rules .name")).to_have_text(["fault_1", "all"])
    assert [rule["matched"] for rule in faults(client)] == [0, 1]
    assert client.get("/v1/contacts").status == 500
