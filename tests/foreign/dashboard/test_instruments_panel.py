"""Instruments: reset, snapshots, clock, faults, latency, rate limit, state; each by a click."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.instruments.faults.kinds import FAULTS
from mockserver.resources.catalogue import Catalogue
from mockserver.sandbox import PARTS
from mockserver.settings import Settings
from tests.conftest import Client
from tests.foreign.dashboard.conftest import LARGE, SMALL, THEMES
from tests.foreign.dashboard.excuses import excuse

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from mockserver.server.server import Server
    from tests.foreign.dashboard.conftest import Visit

pytestmark = pytest.mark.foreign

PATH = "/dashboard/instruments"
HOSTILE = "<img src=x onerror=alert(1)>"
FRANK = "/v1/contacts/WAz8eIbvDR60rouK"
CHAT = "xgQQXg3hrtjh7AvZ"
START = 705106800
HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def expect(what: Any) -> Any:
    from playwright.sync_api import expect

    return expect(what)


def open_panel(visit: Visit) -> Page:
    """The page, once it shows what there is."""
    page = visit.open(PATH)
    expect(page.locator("#clock-now")).not_to_have_text("…")
    return page


def card(page: Page, title: str) -> Any:
    return page.get_by_role("region", name=title)


def faults(client: Client) -> list[Any]:
    found: list[Any] = client.get("/_sandbox/faults").json["data"]
    return found


def notices(page: Page) -> Any:
    return page.locator("#notices")


# reset


def test_everything_is_reset_after_a_question(visit: Visit, client: Client) -> None:
    client.delete(FRANK)
    client.post("/_sandbox/faults", json={"fault": "truncate"})
    page = open_panel(visit)
    button = page.get_by_role("button", name="Reset everything")
    button.click()
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    assert len(faults(client)) == 1
    expect(button).to_be_focused()
    button.click()
    page.get_by_role("dialog").get_by_role("button", name="Reset everything").click()
    expect(notices(page)).to_contain_text("as it was at the start")
    assert faults(client) == []
    assert client.get(FRANK).status == 200
    expect(page.locator("#no-rules")).to_be_visible()


def test_only_what_is_ticked_is_reset(visit: Visit, client: Client) -> None:
    client.delete(FRANK)
    client.post("/_sandbox/faults", json={"match": {"method": "PUT"}, "fault": "truncate"})
    page = open_panel(visit)
    reset = card(page, "Reset")
    reset.get_by_label("Faults").check()
    reset.get_by_label("Journal").check()
    reset.get_by_role("button", name="Reset what is ticked").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Journal, Faults.")
    dialog.get_by_role("button", name="Reset these").click()
    expect(notices(page)).to_contain_text("Journal, Faults")
    assert faults(client) == []
    assert client.get("/_sandbox/requests").json["data"] == []
    assert client.get(FRANK).status == 404


def test_each_part_that_can_be_reset_is_offered(visit: Visit) -> None:
    boxes = card(open_panel(visit), "Reset").locator("[name=only]")
    offered = boxes.evaluate_all("boxes => boxes.map(box => box.value)")
    assert offered == list(PARTS)


def test_a_reset_of_nothing_is_told_beside_the_form(visit: Visit) -> None:
    page = open_panel(visit)
    page.get_by_role("button", name="Reset what is ticked").click()
    expect(page.locator("#reset-parts .refusal")).to_contain_text("tick what")


# snapshots


def test_a_snapshot_is_taken_restored_and_deleted(visit: Visit, client: Client) -> None:
    page = open_panel(visit)
    shots = card(page, "Snapshots")
    shots.get_by_label("Name").fill("ready")
    shots.get_by_role("button", name="Take a snapshot").click()
    expect(shots.get_by_role("listitem")).to_contain_text("ready")
    assert client.get("/_sandbox/snapshots").json["data"] == [{"name": "ready"}]
    client.delete(FRANK)
    shots.get_by_role("button", name="Restore ready").click()
    expect(notices(page)).to_contain_text("that of ready")
    assert client.get(FRANK).status == 200
    shots.get_by_role("button", name="Delete ready").click()
    page.get_by_role("button", name="Delete it").click()
    expect(shots.get_by_role("listitem")).to_have_count(0)
    expect(shots.get_by_text("None yet.")).to_be_visible()
    assert client.get("/_sandbox/snapshots").json["data"] == []


def test_a_snapshot_is_taken_anew_only_after_a_question(visit: Visit, client: Client) -> None:
    client.put("/_sandbox/snapshots/ready", json={})
    client.delete(FRANK)
    page = open_panel(visit)
    shots = card(page, "Snapshots")
    expect(shots.get_by_role("listitem")).to_have_count(1)
    for answer in ("Cancel", "Take it anew"):
        shots.get_by_label("Name").fill("ready")
        shots.get_by_role("button", name="Take a snapshot").click()
        page.get_by_role("dialog").get_by_role("button", name=answer).click()
        expect(page.get_by_role("dialog")).to_have_count(0)
    expect(shots.get_by_label("Name")).to_have_value("")
    client.post("/_sandbox/snapshots/ready/restore", json={})
    assert client.get(FRANK).status == 404


def test_a_name_that_no_snapshot_may_have_is_refused_as_text(visit: Visit) -> None:
    page = open_panel(visit)
    shots = card(page, "Snapshots")
    shots.get_by_label("Name").fill(HOSTILE)
    page.keyboard.press("Enter")
    refusal = page.locator("#take-snapshot .refusal")
    expect(refusal).to_contain_text(HOSTILE)
    expect(refusal).to_contain_text("1 to 64 letters")
    expect(shots.get_by_label("Name")).to_have_value(HOSTILE)
    assert page.locator("img[src=x]").count() == 0
    excuse(visit, 400)


# clock


@pytest.mark.parametrize(("button", "mode"), [("Freeze", "frozen"), ("Real", "real")])
def test_the_clock_is_frozen_real_and_steps_again(
    visit: Visit, client: Client, button: str, mode: str
) -> None:
    page = open_panel(visit)
    clock = card(page, "Clock")
    step = clock.get_by_role("button", name="Step")
    expect(step).to_have_attribute("aria-pressed", "true")
    other = clock.get_by_role("button", name=button)
    other.click()
    expect(other).to_have_attribute("aria-pressed", "true")
    expect(step).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#clock-mode")).to_have_text(mode)
    assert client.get("/_sandbox/clock").json["mode"] == mode
    step.click()
    expect(step).to_have_attribute("aria-pressed", "true")
    assert client.get("/_sandbox/clock").json["mode"] == "step"


def test_the_speed_of_a_clock_is_told(visit: Visit, client: Client) -> None:
    client.put("/_sandbox/clock", json={"mode": "real", "speed": 1000})
    page = open_panel(visit)
    expect(page.locator("#clock-about")).to_contain_text("1,000 times as fast as the machine")
    client.put("/_sandbox/clock", json={"speed": 1})
    expect(page.locator("#clock-about")).to_contain_text("It runs as the machine")


def test_the_clock_is_set_to_a_moment_in_utc(
    visit_as: Callable[..., Visit], client: Client
) -> None:
    visit = visit_as(timezone_id="Asia/Kolkata")
    page = open_panel(visit)
    field = page.get_by_label("Date and time, in UTC")
    expect(field).to_have_value("1992-05-05T23:00")
    field.fill("2026-02-28T23:59:58")
    card(page, "Clock").get_by_role("button", name="Set").click()
    expect(page.locator("#clock-now")).to_have_text("28 Feb 2026, 23:59:58")
    assert client.get("/_sandbox/clock").json == {"mode": "step", "now": 1772323198}
    visit.is_clean()


@pytest.mark.parametrize(("name", "seconds"), [("+1 min", 60), ("+1 h", 3600), ("+1 day", 86400)])
def test_time_passes_by_a_click(visit: Visit, client: Client, name: str, seconds: int) -> None:
    page = open_panel(visit)
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator("#came")).to_contain_text("Nothing fell due.")
    assert client.get("/_sandbox/clock").json["now"] == START + seconds


@pytest.mark.parametrize(
    ("amount", "unit", "seconds"),
    [("90", "seconds", 90), ("5", "minutes", 300), ("2.3", "hours", 8280), ("3", "days", 259200)],
)
def test_as_much_time_passes_as_is_wanted(
    visit: Visit, client: Client, amount: str, unit: str, seconds: int
) -> None:
    page = open_panel(visit)
    page.get_by_label("Or so much").fill(amount)
    page.locator("#advance").get_by_label("of").select_option(unit)
    page.get_by_role("button", name="Advance").click()
    expect(page.locator("#came")).to_contain_text("Nothing more is to come.")
    assert client.get("/_sandbox/clock").json["now"] == START + seconds


def test_what_falls_due_meanwhile_is_listed(visit: Visit, client: Client) -> None:
    inbox = f"{client.url}/_sandbox/inbox/app?sandbox={client.token.removeprefix('sandbox_')}"
    client.put("/_sandbox/inbox/app", json={"answers": [500]})
    client.post("/_sandbox/webhooks", json={"url": inbox, "events": ["message.*"]})
    client.put("/_sandbox/rate-limit", json={"limit": 9, "window_seconds": 3})
    client.post("/v1/messages", json={"conversation_id": CHAT, "message": HOSTILE})
    client.post("/_sandbox/webhooks/wait", json={"match": {"state": "retrying"}, "timeout": 5})
    page = open_panel(visit)
    page.get_by_role("button", name="+1 min", exact=True).click()
    came = page.locator("#came")
    expect(came.get_by_role("listitem").first).to_contain_text("window ended")
    expect(came.get_by_role("listitem").nth(1)).to_contain_text("message.created")
    expect(came.get_by_role("listitem").nth(1)).to_contain_text("attempt 2")
    expect(came).to_contain_text("Still to come: 1, the first at")


def test_more_time_than_there_is_is_refused_beside_the_form(visit: Visit, client: Client) -> None:
    page = open_panel(visit)
    page.get_by_label("Or so much").fill("9999999999")
    page.get_by_role("button", name="Advance").click()
    expect(page.locator("#advance .refusal")).to_contain_text("seconds")
    page.get_by_label("Or so much").fill("")
    page.get_by_role("button", name="Advance").click()
    expect(page.locator("#advance .refusal")).to_contain_text("is required")
    assert client.get("/_sandbox/clock").json["now"] == START
    excuse(visit, 400)


# faults


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
            "Lost answer",
            {"match": {"method": "POST"}, "times": 1, "fault": {"type": "commit_then_drop"}},
        ),
        ("Truncated", {"times": 1, "fault": {"type": "truncate"}}),
        ("Slow: 2 s", {"times": 1, "fault": {"type": "fixed", "fixedDelayMilliseconds": 2000}}),
        (
            "Dribble",
            {"times": 1, "fault": {"type": "dribble", "numberOfChunks": 10, "totalDuration": 3000}},
        ),
        (
            "Chaos",
            {"probability": 0.2, "fault": {"type": "error", "status": 503, "retry_after": 1}},
        ),
        ("Tomorrow", {"fault": {"type": "tomorrow"}}),
        (
            "Short pages",
            {"match": {"operation": "*.list"}, "fault": {"type": "page_cap", "most": 2}},
        ),
    ],
)
def test_a_common_fault_is_a_click(
    visit: Visit, client: Client, name: str, rule: dict[str, Any]
) -> None:
    page = open_panel(visit)
    page.get_by_role("button", name=name).click()
    expect(page.locator("#faults-tag")).to_have_text("1 in force")
    [found] = faults(client)
    plain = {"match": {}, "after": 0, "times": None, "probability": 1.0}
    assert found == plain | rule | {"id": "fault_1", "matched": 0, "applied": 0}


def test_all_common_faults_are_tried_above() -> None:
    """So that one more is tried too."""
    [mark] = [
        each for each in test_a_common_fault_is_a_click.pytestmark if each.name == "parametrize"
    ]
    page = Path(__file__).parents[3] / "mockserver/web/dashboard/pages/cards/faults.html"
    for name, _ in mark.args[1]:
        assert f'("{name}' in page.read_text("utf-8")
    assert page.read_text("utf-8").count('"fault": ') == len(mark.args[1])


def test_hits_are_counted_live_and_a_rule_is_removed(visit: Visit, client: Client) -> None:
    page = open_panel(visit)
    page.get_by_role("button", name="Messages fail twice").click()
    rules = page.locator("#rules > li")
    expect(rules).to_contain_text("Error 503, Retry-After 2 s")
    expect(rules).to_contain_text("2 to come")
    body = {"conversation_id": CHAT, "message": "Good evening."}
    assert client.post("/v1/messages", json=body).status == 503
    expect(rules).to_contain_text("hit 1 of 1")
    expect(rules).to_contain_text("1 to come")
    assert client.post("/v1/messages", json=body).status == 503
    expect(rules).to_contain_text("used up")
    page.get_by_role("button", name="Remove fault_1").click()
    expect(rules).to_have_count(0)
    assert faults(client) == []


def test_all_rules_are_removed_after_a_question(visit: Visit, client: Client) -> None:
    page = open_panel(visit)
    for name in ("Truncated", "Chaos"):
        page.get_by_role("button", name=name).click()
    expect(page.locator("#rules > li")).to_have_count(2)
    page.get_by_role("button", name="Remove all").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove all").click()
    expect(page.get_by_text("Nothing goes wrong.", exact=True)).to_be_visible()
    assert faults(client) == []


def test_a_rule_of_ones_own_is_added(visit: Visit, client: Client) -> None:
    page = open_panel(visit)
    page.get_by_text("A rule of your own").click()
    form = page.locator("#add-rule")
    form.get_by_label("Method").select_option("PUT")
    form.get_by_label("Resource").select_option("contacts")
    form.get_by_label("Operation").select_option("update")
    form.get_by_label("Path").fill("/v1/contacts/*")
    form.get_by_label("After so many").fill("1")
    form.get_by_label("Times").fill("3")
    form.get_by_label("Probability").fill("0.5")
    form.get_by_label("Id", exact=True).fill("mine")
    form.get_by_label("Type").select_option("error")
    form.get_by_label("status").fill("418")
    form.locator("[name=message]").fill(HOSTILE)
    form.get_by_role("button", name="Add the rule").click()
    entry = page.locator("#rules > li")
    expect(entry).to_contain_text("Error 418")
    expect(entry.locator(".whom")).to_contain_text(
        "for PUT /v1/contacts/*, update of contacts, after 1, 3 times, with probability 0.5"
    )
    expect(entry.locator(".whom")).to_contain_text(HOSTILE)
    entry.get_by_text("As the control API has it").click()
    shown = json.loads(entry.locator("pre").inner_text())
    [found] = faults(client)
    assert shown == found
    assert found == {
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


@pytest.mark.parametrize("kind", FAULTS)
def test_the_form_takes_each_type_with_the_parameters_of_the_document(
    visit: Visit, client: Client, kind: str
) -> None:
    page = open_panel(visit)
    page.get_by_text("A rule of your own").click()
    page.locator("#fault-type").select_option(kind)
    inputs = page.locator("#fault-parameters input")
    expect(inputs).to_have_count(len(FAULTS[kind].parameters.fields))
    for name, field in FAULTS[kind].parameters.fields.items():
        if field.required:
            page.locator(f"#fault-parameters [name={name}]").fill(
                "503" if name == "status" else "5"
            )
    page.get_by_role("button", name="Add the rule").click()
    expect(page.locator("#rules > li")).to_have_count(1)
    [found] = faults(client)
    assert found["fault"]["type"] == kind
    # In words, not by the type alone.
    expect(page.locator("#rules .what")).not_to_have_text(kind)


def test_what_may_be_matched_is_what_there_is(visit: Visit) -> None:
    page = open_panel(visit)
    offered = {
        name: page.locator(f"#add-rule [name={name}]").evaluate(
            "select => [...select.options].map(option => option.value).filter(Boolean)"
        )
        for name in ("resource", "operation")
    }
    operations = [f"{one}.{verb}" for one in offered["resource"] for verb in offered["operation"]]
    assert operations == list(Catalogue().operations)


def test_refusals_of_the_server_are_told_beside_the_form_each_in_a_line(
    visit: Visit, client: Client
) -> None:
    page = open_panel(visit)
    page.get_by_text("A rule of your own").click()
    form = page.locator("#add-rule")
    form.get_by_label("Probability").fill("7")
    form.get_by_label("Times").fill("0")
    form.get_by_label("status").fill("200")
    form.get_by_role("button", name="Add the rule").click()
    problems = form.locator(".refusal li")
    expect(problems).to_have_count(3)
    for place, name in enumerate(("times", "probability", "fault.status")):
        expect(problems.nth(place)).to_contain_text(name)
    form.get_by_label("Probability").fill("")
    form.get_by_label("Times").fill("")
    form.get_by_label("status").fill("500")
    form.get_by_label("Path").fill(HOSTILE)
    form.get_by_role("button", name="Add the rule").click()
    expect(form.locator(".refusal")).to_contain_text("match.path: must begin")
    expect(form.get_by_label("Path")).to_have_value(HOSTILE)
    assert faults(client) == []
    excuse(visit, 400)


def test_the_order_is_told_and_what_never_has_its_turn(visit: Visit, client: Client) -> None:
    client.post("/_sandbox/faults", json={"id": "first", "fault": "tomorrow"})
    client.post("/_sandbox/faults", json={"id": "second", "fault": "truncate"})
    page = open_panel(visit)
    expect(page.get_by_text("the first that is due, from the top")).to_be_visible()
    expect(page.locator("#rules .name")).to_have_text(["first", "second"])
    warning = page.locator("#rules > li").nth(1).locator(".shadowed")
    expect(warning).to_contain_text("never has its turn: first is always due")
    expect(page.locator("#rules > li").nth(0).locator(".shadowed")).to_be_hidden()


def test_a_fault_that_is_clicked_has_its_turn_before_what_covers_all(
    visit: Visit, client: Client
) -> None:
    client.post("/_sandbox/faults", json={"id": "all", "fault": "tomorrow"})
    assert client.get("/v1/contacts").status == 200
    page = open_panel(visit)
    page.get_by_role("button", name="Next request: 500").click()
    expect(page.locator("#rules .name")).to_have_text(["fault_1", "all"])
    assert [each["matched"] for each in faults(client)] == [0, 1]
    assert client.get("/v1/contacts").status == 500


# latency


def test_a_fixed_latency_is_chosen_by_the_slider_and_taken_off(
    visit: Visit, client: Client
) -> None:
    page = open_panel(visit)
    latency = card(page, "Latency")
    slider = latency.get_by_label("Milliseconds, by a slider")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(latency.get_by_label("or a number")).to_have_value("300")
    latency.get_by_label("or a number").fill("10")
    latency.get_by_role("button", name="Slow every request").click()
    expect(page.locator("#latency-tag")).to_have_text("Waits 10 ms")
    [rule] = faults(client)
    assert rule["id"] == "latency"
    assert rule["fault"] == {"type": "fixed", "fixedDelayMilliseconds": 10}
    latency.get_by_role("button", name="Off").click()
    expect(page.locator("#latency-tag")).to_have_text("off")
    assert faults(client) == []


@pytest.mark.parametrize(
    ("kind", "values", "fault"),
    [
        (
            "between two bounds",
            {"At least, in ms": "1", "At most, in ms": "5"},
            {"type": "uniform", "lower": 1, "upper": 5},
        ),
        (
            "as networks do (lognormal)",
            {"Median, in ms": "5", "Sigma": "0.5", "At most, in ms": "9"},
            {"type": "lognormal", "median": 5, "sigma": 0.5, "maxValue": 9},
        ),
    ],
)
def test_other_latencies_are_chosen(
    visit: Visit, client: Client, kind: str, values: dict[str, str], fault: Any
) -> None:
    page = open_panel(visit)
    latency = card(page, "Latency")
    latency.get_by_label(kind).check()
    for label, value in values.items():
        latency.get_by_label(label).locator("visible=true").fill(value)
    latency.get_by_role("button", name="Slow every request").click()
    expect(page.locator("#latency-tag")).to_contain_text("Waits")
    assert [each["fault"] for each in faults(client)] == [fault]


def test_latency_comes_after_all_other_faults(visit: Visit, client: Client) -> None:
    page = open_panel(visit)
    latency = card(page, "Latency")
    latency.get_by_label("or a number").fill("5")
    slow = latency.get_by_role("button", name="Slow every request")
    slow.click()
    expect(page.locator("#rules > li")).to_have_count(1)
    client.post("/_sandbox/faults", json={"id": "late", "times": 1, "fault": "truncate"})
    expect(page.locator(".shadowed").last).to_contain_text("latency is always due")
    latency.get_by_label("or a number").fill("6")
    slow.click()
    expect(page.locator("#rules .name")).to_have_text(["late", "latency"])
    assert [each["id"] for each in faults(client)] == ["late", "latency"]


def test_a_latency_that_slows_nothing_is_told_where_it_is_set(visit: Visit, client: Client) -> None:
    client.post("/_sandbox/faults", json={"id": "all", "fault": "tomorrow"})
    page = open_panel(visit)
    expect(page.locator("#latency-shadow")).to_be_hidden()
    page.get_by_role("button", name="Slow every request").click()
    expect(page.locator("#latency-shadow")).to_contain_text("all comes before it")


def test_bounds_that_are_none_are_refused_and_the_latency_stays(
    visit: Visit, client: Client
) -> None:
    fault = {"type": "fixed", "fixedDelayMilliseconds": 7}
    client.post("/_sandbox/faults", json={"id": "latency", "fault": fault})
    page = open_panel(visit)
    latency = card(page, "Latency")
    expect(latency.get_by_label("or a number")).to_have_value("7")
    latency.get_by_label("between two bounds").check()
    latency.get_by_label("At least, in ms").fill("900")
    latency.get_by_role("button", name="Slow every request").click()
    expect(latency.locator(".refusal")).to_contain_text("may not be less than lower, 900")
    assert [each["fault"] for each in faults(client)] == [fault]
    excuse(visit, 400)


def test_the_latency_that_the_server_was_started_with_is_told(
    visit: Visit, client: Client, serve: Callable[..., Server]
) -> None:
    client.url = serve(Settings(latency="1-2")).url
    page = open_panel(visit)
    expect(card(page, "Latency")).to_contain_text("On top of --latency 1-2")


# rate limit


@pytest.mark.parametrize("clock", ["sandbox", "real"])
def test_a_rate_limit_is_set_watched_and_taken_off(
    visit: Visit, client: Client, clock: str
) -> None:
    page = open_panel(visit)
    limit = card(page, "Rate limit")
    limit.get_by_label("Requests").fill("2")
    limit.get_by_label("in seconds").fill("600")
    limit.get_by_label("by the clock").select_option(clock)
    limit.get_by_role("button", name="Set the limit").click()
    expect(page.locator("#limit-tag")).to_have_text("0 of 2 used")
    expect(limit).to_contain_text("A window begins with the next request.")
    terms = {"limit": 2, "window_seconds": 600, "clock": clock, "used": 0, "reset": None}
    assert client.get("/_sandbox/rate-limit").json == terms
    assert [client.get("/v1/contacts").status for _ in range(3)] == [200, 200, 429]
    expect(page.locator("#limit-tag")).to_have_text("2 of 2 used")
    expect(page.locator("#limit-told")).to_contain_text("answered with 429")
    assert page.get_by_role("meter").evaluate("meter => [meter.value, meter.max]") == [2, 2]
    limit.get_by_role("button", name="Off").click()
    expect(page.locator("#limit-tag")).to_have_text("off")
    assert client.get("/v1/contacts").status == 200


def test_a_limit_that_is_none_is_refused_beside_the_form(visit: Visit, client: Client) -> None:
    page = open_panel(visit)
    limit = card(page, "Rate limit")
    limit.get_by_label("in seconds").fill("0")
    limit.get_by_label("Requests").fill("")
    limit.get_by_role("button", name="Set the limit").click()
    expect(limit.locator(".refusal li")).to_have_count(2)
    assert client.get("/_sandbox/rate-limit").status == 404
    excuse(visit, 400)


# state


def test_the_state_goes_out_as_a_file_and_comes_back(
    visit: Visit, client: Client, tmp_path: Path
) -> None:
    page = open_panel(visit)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    name = f"{client.token.removeprefix('sandbox_')}.json"
    assert download.value.suggested_filename == name
    file = tmp_path / name
    download.value.save_as(file)
    assert json.loads(file.read_text("utf-8")) == client.get("/_sandbox/state").json
    client.delete(FRANK)
    page.get_by_label("Import a file").set_input_files(file)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(notices(page)).to_contain_text("the snapshot before-import is what was before")
    assert client.get(FRANK).status == 200
    expect(page.locator("#snapshots .name")).to_have_text(["before-import"])
    client.post("/_sandbox/snapshots/before-import/restore", json={})
    assert client.get(FRANK).status == 404


def test_a_second_import_does_not_forget_what_was_before_the_first(
    visit: Visit, client: Client, tmp_path: Path
) -> None:
    client.put("/_sandbox/snapshots/before-import", json={})
    file = tmp_path / "state.json"
    file.write_text(json.dumps(client.get("/_sandbox/state").json))
    page = open_panel(visit)
    expect(page.locator("#snapshots .name")).to_have_count(1)
    page.get_by_label("Import a file").set_input_files(file)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#snapshots .name")).to_have_text(["before-import", "before-import-2"])


def test_without_a_snapshot_where_none_is_wanted(
    visit: Visit, client: Client, tmp_path: Path
) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps(client.get("/_sandbox/state").json))
    page = open_panel(visit)
    page.get_by_label("Import a file").set_input_files(file)
    page.get_by_label("Take the snapshot before-import first").uncheck()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(notices(page)).to_contain_text("state.json is in.")
    assert client.get("/_sandbox/snapshots").json["data"] == []


def test_a_refused_import_tells_all_problems_and_changes_nothing(
    visit: Visit, client: Client, tmp_path: Path
) -> None:
    state = client.get("/_sandbox/state").json
    state["contacts"][1]["username"] = 7
    state["contacts"][2]["id"] = HOSTILE
    state[HOSTILE] = []
    file = tmp_path / "broken.json"
    file.write_text(json.dumps(state))
    before = client.get("/_sandbox/state").json
    page = open_panel(visit)
    page.get_by_label("Import a file").set_input_files(file)
    page.get_by_role("button", name="Import", exact=True).click()
    refusal = page.locator("#import .refusal")
    expect(refusal).to_contain_text("contacts[1].username")
    expect(refusal).to_contain_text(HOSTILE)
    assert refusal.locator("li").count() >= 2
    assert client.get("/_sandbox/state").json == before
    assert client.get("/_sandbox/snapshots").json["data"] == []
    assert page.locator("img[src=x]").count() == 0
    excuse(visit, 400)


@pytest.mark.parametrize(
    ("text", "said"), [("{broken", "broken.json is no JSON"), (HOSTILE, HOSTILE[:4])]
)
def test_a_file_that_is_no_json_is_told(
    visit: Visit, client: Client, tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "broken.json"
    file.write_text(text)
    page = open_panel(visit)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#import .refusal")).to_have_text("choose a file")
    page.get_by_label("Import a file").set_input_files(file)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#import .refusal")).to_contain_text(said)
    assert client.get("/_sandbox/snapshots").json["data"] == []


# live


def test_what_others_do_is_shown_and_what_is_typed_stays(visit: Visit, client: Client) -> None:
    client.post("/_sandbox/faults", json={"id": "first", "times": 1, "fault": "truncate"})
    page = open_panel(visit)
    requests = page.locator("#set-limit").get_by_label("Requests")
    requests.fill("77")
    page.get_by_label("Date and time, in UTC").fill("2001-01-01T00:00:00")
    remove = page.get_by_role("button", name="Remove first")
    remove.focus()
    client.put("/_sandbox/rate-limit", json={"limit": 9, "window_seconds": 30})
    client.put("/_sandbox/snapshots/theirs", json={})
    client.put("/_sandbox/clock", json={"mode": "frozen", "now": 0})
    client.post(
        "/_sandbox/faults", json={"id": "second", "fault": {"type": "error", "status": 500}}
    )
    expect(page.locator("#rules .name")).to_have_text(["first", "second"])
    expect(page.locator("#limit-tag")).to_have_text("0 of 9 used")
    expect(page.locator("#snapshots .name")).to_have_text(["theirs"])
    expect(page.locator("#clock-now")).to_have_text("1 Jan 1970, 00:00:00")
    expect(page.get_by_role("button", name="Freeze")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("in seconds")).to_have_value("30")
    expect(requests).to_have_value("77")
    expect(page.get_by_label("Date and time, in UTC")).to_have_value("2001-01-01T00:00")
    expect(remove).to_be_focused()
    expect(page.locator("#bent")).to_contain_text("2 faults are in force")


def test_a_sandbox_that_is_gone_is_told_and_not_opened_again(visit: Visit, client: Client) -> None:
    page = open_panel(visit)
    name = client.token.removeprefix("sandbox_")
    client.delete(f"/_sandbox/sandboxes/{name}")
    expect(page.get_by_role("alert").filter(has_text="is gone")).to_contain_text(name)
    with page.expect_response(lambda answer: "/pulse" in answer.url) as again:
        pass
    assert again.value.status == 404
    names = [each["name"] for each in client.get("/_sandbox/sandboxes").json["data"]]
    assert name not in names
    assert client.post("/_sandbox/sandboxes", json={"name": name}).status == 201
    expect(page.locator("#trouble")).to_be_empty()
    excuse(visit, 404)


def test_a_server_that_has_stopped_is_told(
    visit: Visit, client: Client, serve: Callable[..., Server]
) -> None:
    server = serve(Settings())
    client.url = server.url
    page = open_panel(visit)
    client.pool.clear()
    server.stop()
    expect(page.locator("#trouble")).to_contain_text("no answer; is it running?")
    page.get_by_role("button", name="Chaos").click()
    expect(page.locator("#card-faults > .refusal")).to_contain_text("no answer")
    excuse(visit, 0)


def test_a_server_with_tokens_of_its_own_asks_for_one(
    visit: Visit, client: Client, serve: Callable[..., Server]
) -> None:
    client.url, client.token = serve(Settings(token=("s3cret",))).url, "s3cret"
    page = visit.page
    page.goto(f"{client.url}{PATH}?sandbox=signup")
    page.get_by_label("Token", exact=True).fill("s3cret")
    page.get_by_role("button", name="Use it").click()
    expect(page.locator("#clock-now")).to_have_text("5 May 1992, 23:00:00")
    page.get_by_role("button", name="Truncated").click()
    expect(page.locator("#rules > li")).to_have_count(1)
    assert len(client.get("/_sandbox/faults?sandbox=signup").json["data"]) == 1
    excuse(visit, 401)


def test_a_token_that_can_be_none_is_not_kept(
    visit: Visit, client: Client, serve: Callable[..., Server]
) -> None:
    client.url, client.token = serve(Settings(token=("s3cret",))).url, "s3cret"
    page = visit.page
    page.goto(f"{client.url}{PATH}?token=t%C3%B6k%E2%82%ACn")
    for token in ("t\u00f6k\u20acn", "s3cret"):
        page.get_by_label("Token", exact=True).fill(token)
        page.get_by_role("button", name="Use it").click()
    expect(page.locator("#clock-now")).to_have_text("5 May 1992, 23:00:00")
    excuse(visit, 401)


def test_a_page_that_is_not_seen_asks_for_nothing(visit: Visit) -> None:
    visit.page.clock.install()
    page = open_panel(visit)
    page.evaluate(HIDE, True)
    page.clock.run_for(2000)  # what was under way
    page.wait_for_load_state("networkidle")
    before = len(visit.called)
    page.clock.run_for(20_000)
    page.wait_for_load_state("networkidle")
    assert len(visit.called) == before
    with page.expect_request("**/_sandbox/faults*"):
        page.evaluate(HIDE, False)


# as it looks


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [LARGE, SMALL], ids=["large", "small"])
def test_filled_it_is_accessible_and_fits(
    visit_as: Callable[..., Visit],
    client: Client,
    axe: Any,
    theme: str,
    size: Any,
    tmp_path: Path,
) -> None:
    message = {"type": "error", "status": 500, "message": HOSTILE * 3}
    client.post("/_sandbox/faults", json={"fault": message, "match": {"path": "/v1/" + "x" * 80}})
    for name in ("ready", "x" * 64):
        client.put(f"/_sandbox/snapshots/{name}", json={})
    client.put("/_sandbox/rate-limit", json={"limit": 3, "window_seconds": 60})
    client.get("/v1/contacts")
    visit = visit_as(theme, size)
    page = open_panel(visit)
    for name in ("Tomorrow", "Messages fail twice", "+1 min", "Slow every request"):
        page.get_by_role("button", name=name).click()
    client.post("/_sandbox/faults", json={"fault": "truncate", "times": 1})
    expect(page.locator(".shadowed").last).to_be_visible()
    page.get_by_text("A rule of your own").click()
    page.get_by_text("As the control API has it").first.click()
    page.get_by_label("Name").fill("no name")
    page.get_by_role("button", name="Take a snapshot").click()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator(".refusal:not(:empty)")).to_have_count(2)
    expect(page.locator("#came")).to_contain_text("fell due")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.screenshot(path=tmp_path / f"instruments-{theme}-{size['width']}.png", full_page=True)
    page.get_by_role("button", name="Reset everything").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert axe(page) == []
    excuse(visit, 400)
    visit.is_clean()


@pytest.mark.parametrize("theme", THEMES)
def test_targets_are_large_enough(visit_as: Callable[..., Visit], theme: str) -> None:
    page = open_panel(visit_as(theme, SMALL))
    page.get_by_role("button", name="Truncated").click()
    expect(page.locator("#rules > li")).to_have_count(1)
    small = page.locator("main :is(button, input, select, summary):visible").evaluate_all(
        """all => all.filter(each => {
            const label = each.closest("label.inline");
            const { width, height } = (label ?? each).getBoundingClientRect();
            return width < 24 || height < 24;
        }).map(each => each.outerHTML.slice(0, 100))"""
    )
    assert small == []
