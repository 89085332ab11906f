"""Nothing that the user does makes an action fail: deleted contacts are skipped."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from mockserver.server import Server
from mockserver.storage import scheduler
from tests.bots.conftest import DAWN, DAY, ECHO, HOUR, BotClient


@pytest.fixture(autouse=True)
def no_failures(caplog: pytest.LogCaptureFixture) -> Any:
    """Fail if an action of the bots failed."""
    yield
    warnings = [record.getMessage() for record in caplog.records if record.levelno > logging.INFO]
    assert [line for line in warnings if "the bot script '" in line] == []


def delete_all(bots: BotClient, path: str) -> None:
    for item in bots.client.walk(f"/v1/{path}"):
        bots.client.delete(f"/v1/{path}/{item['id']}")


@pytest.mark.parametrize("path", ["contacts", "conversations", "groups", "messages"])
@pytest.mark.parametrize("name", ["office", "support-queue"])
def test_anything_may_be_deleted_while_bots_run(name: str, path: str, bots: BotClient) -> None:
    bots.start(name)
    for hour in range(14):
        bots.advance(HOUR)
        for conversation in bots.client.get("/v1/conversations?limit=20").json["data"]:
            bots.send(conversation["id"], "What do you think?")
        if hour % 3 == 2:
            bots.advance(20)  # some actions are planned, but not due
            delete_all(bots, path)
    bots.advance(2 * DAY)
    if path == "contacts":
        assert not any(person["is_present"] for person in bots.status()["people"])
    else:
        assert bots.lines_of("message")


def test_a_deleted_message_is_not_answered(bots: BotClient) -> None:
    bots.start(ECHO)
    message = bots.send(bots.direct("EchoOne"), "Is it?")
    bots.advance(5)
    bots.client.delete(f"/v1/messages/{message['id']}")
    bots.advance(HOUR)
    assert [line["action"] for line in bots.lines() if line["action"] != "read"] == [
        "message",
        "delete",
    ]
    bots.send(bots.direct("EchoOne"), "And now?")
    bots.advance(HOUR)
    assert bots.lines_of("message")[-1]["text"] == "Yes, Linnie.", "the bot answers again"


def test_removed_members_do_not_write_in_the_group(bots: BotClient) -> None:
    bots.start("office")
    group = bots.group("Third floor")
    bots.client.put(f"/v1/groups/{group['id']}", json={"contacts": []})
    bots.advance(2 * DAY)
    conversation_id = f"&conversation_id={group['conversation_id']}"
    assert {line["action"] for line in bots.lines(conversation_id)} == {"leave"}


def test_customers_leave_when_their_conversation_is_deleted(bots: BotClient) -> None:
    [_, script] = bots.control("GET", "/bots/scripts")["data"]
    script["queue"] |= {"maximum": 2, "per_hour": 30, "delete_after_minutes": [1, 5]}
    bots.start(script)
    bots.advance(5 * HOUR)
    arrived = 0
    for _ in range(5):
        before, arrived = arrived, bots.status()["counts"]["join_queue"]
        assert arrived > before
        for customer in bots.status()["customers"]:
            conversation_id = bots.client.get(f"/v1/contacts/{customer['contact_id']}").json[
                "conversation_id"
            ]
            bots.client.delete(f"/v1/conversations/{conversation_id}")
        bots.advance(HOUR)


def test_old_messages_of_former_members_are_deleted_too(
    bots: BotClient,
) -> None:
    people = [
        {
            **ECHO["people"][0],
            "username": name,
            "messages_per_hour": 20,
            "direct_share": 0,
            "lines": ["Well."],
        }
        for name in ("Host", "Guest")
    ]
    groups = [
        {
            "name": "Talk",
            "members": ["Host"],
            "visitors": ["Guest"],
            "visits_per_day": 24,
            "stay_minutes": [30, 50],
        }
    ]
    bots.start({**ECHO, "keep_messages": 5, "people": people, "groups": groups})
    bots.advance(3 * DAY)
    conversation_id = bots.group("Talk")["conversation_id"]
    assert {
        line["name"] for line in bots.lines_of("message", f"&conversation_id={conversation_id}")
    } == {
        "Host",
        "Guest",
    }
    messages = bots.client.walk(f"/v1/messages?conversation_id={conversation_id}")
    assert len(messages) == 5
    message = bots.send(conversation_id, "I stay.")
    bots.advance(DAY)
    assert bots.client.get(f"/v1/messages/{message['id']}").status == 200


def test_a_flood_of_messages_is_bounded(bots: BotClient) -> None:
    bots.start("office")
    places = [bots.group(name)["conversation_id"] for name in ("Third floor", "Lunch?")]
    bots.advance(5 * HOUR)
    for number in range(2000):
        bots.send(places[number % 2], f"Question {number}?")
    assert bots.status()["planned"] < 2100
    bots.advance(DAY)
    assert bots.status()["planned"] < 100


def test_many_threads_write_while_the_clock_advances(bots: BotClient) -> None:
    bots.start("office")
    conversation_id = bots.group("Third floor")["conversation_id"]

    def advance(_: int) -> Any:
        return bots.advance(HOUR)

    def send(number: int) -> Any:
        return bots.send(conversation_id, f"Is this number {number}?")

    with ThreadPoolExecutor(8) as pool:
        advanced = pool.map(advance, range(24))
        sent = pool.map(send, range(100))
        fired = [entry for result in advanced for entry in result["fired"]]
        sent_ids = {message["id"] for message in sent}
    lines = bots.lines()
    times = [line["at"] for line in lines]
    assert times == sorted(times)
    messages = [line["message_id"] for line in lines if line["action"] == "message"]
    assert sent_ids < set(messages)
    assert len(messages) == len(set(messages))
    assert {entry["message"] for entry in fired if entry["type"] == "bots.message"} == (
        set(messages) - sent_ids
    )


def test_a_stop_during_an_advance_ends_it(bots: BotClient) -> None:
    """A webhook receiver stops the bots when it receives the first message."""
    statuses: list[int] = []

    def stop_bots(environ: Any, start_response: Any) -> list[bytes]:
        if not statuses:
            statuses.append(bots.client.delete("/_sandbox/bots").status)
        start_response("200 OK", [("Content-Length", "0")])
        return []

    with Server(stop_bots) as receiver:
        hook = {"url": receiver.url, "events": ["message.created"]}
        bots.control("POST", "/webhooks", 201, json=hook)
        bots.start("office")
        advanced = bots.advance(10 * DAY)
    assert statuses == [200]
    assert bots.control("GET", "/clock")["now"] == DAWN + 10 * DAY
    assert advanced["left"] == 0
    [first, *more] = [entry for entry in advanced["fired"] if entry["type"] == "bots.message"]
    assert first["message"] == bots.lines_of("message")[0]["message_id"]
    assert len(more) < 20, "only actions due before the receiver was called ran"


def test_an_advance_lists_a_bounded_number_of_actions(
    bots: BotClient, new_bots: Callable[[str], BotClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    unbounded = new_bots("unbounded")
    for client in (bots, unbounded):
        client.start("office")
    all_fired = unbounded.advance(DAY)["fired"]
    with monkeypatch.context() as bounded:
        bounded.setattr(scheduler, "MAX_FIRED", 10)
        advanced = bots.advance(DAY)
    assert advanced["fired"] == all_fired[:10]
    assert (advanced["unlisted"], advanced["left"]) == (len(all_fired) - 10, 0)
    assert bots.text() == unbounded.text(), "all actions ran"


def test_an_advance_stops_when_real_time_runs_out(
    bots: BotClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    bots.start("office")
    before = bots.control("GET", "/clock")["now"]
    with monkeypatch.context() as bounded:
        bounded.setattr(scheduler, "MAX_DURATION", 0.0)
        advanced = bots.advance(DAY)
    assert (advanced["fired"], advanced["now"], advanced["left"]) == ([], before, DAY)
    advanced = bots.advance(advanced["left"])
    assert (advanced["now"], advanced["left"]) == (before + DAY, 0)
    assert bots.lines_of("message")
