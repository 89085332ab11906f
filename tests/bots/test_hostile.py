"""Nothing that the user does breaks an act: whoever is gone is skipped."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from mockserver.server import Server
from mockserver.storage import scheduler
from tests.bots.conftest import DAWN, DAY, ECHO, HOUR, Theatre


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Any:
    """No act may fail, and none be refused."""
    yield
    told = [each.getMessage() for each in caplog.records if each.levelno > logging.INFO]
    assert [line for line in told if "failed to handle" in line or "an action of" in line] == []


def delete_all(theatre: Theatre, path: str) -> None:
    for one in theatre.client.walk(f"/v1/{path}"):
        theatre.client.delete(f"/v1/{path}/{one['id']}")


@pytest.mark.parametrize("path", ["contacts", "conversations", "groups", "messages"])
@pytest.mark.parametrize("name", ["office", "support-queue"])
def test_all_may_be_deleted_while_they_play(name: str, path: str, theatre: Theatre) -> None:
    theatre.put_on(name)
    for hour in range(14):
        theatre.advance(HOUR)
        for one in theatre.client.get("/v1/conversations?limit=20").json["data"]:
            theatre.say(one["id"], "What do you think?")
        if hour % 3 == 2:
            theatre.advance(20)  # in the middle of what they have in mind
            delete_all(theatre, path)
    theatre.advance(2 * DAY)
    if path == "contacts":
        assert not any(one["is_present"] for one in theatre.cast()["people"])
    else:
        assert theatre.acts("message")


def test_a_message_that_is_deleted_is_answered_by_nobody(theatre: Theatre) -> None:
    theatre.put_on(ECHO)
    mine = theatre.say(theatre.direct("EchoOne"), "Is it?")
    theatre.advance(5)
    theatre.client.delete(f"/v1/messages/{mine['id']}")
    theatre.advance(HOUR)
    assert [line["action"] for line in theatre.lines() if line["action"] != "read"] == [
        "message",
        "delete",
    ]
    theatre.say(theatre.direct("EchoOne"), "And now?")
    theatre.advance(HOUR)
    assert theatre.acts("message")[-1]["text"] == "Yes, Linnie.", "nobody is busy for ever"


def test_who_is_put_out_of_a_group_says_nothing_in_it(theatre: Theatre) -> None:
    theatre.put_on("office")
    group = theatre.group("Third floor")
    theatre.client.put(f"/v1/groups/{group['id']}", json={"contacts": []})
    theatre.advance(2 * DAY)
    place = f"&conversation_id={group['conversation_id']}"
    assert {line["action"] for line in theatre.lines(place)} == {"leave"}


def test_strangers_whose_conversations_are_deleted_make_room_for_others(theatre: Theatre) -> None:
    [_, script] = theatre.ask("GET", "/bots/scripts")["data"]
    script["queue"] |= {"maximum": 2, "per_hour": 30, "delete_after_minutes": [1, 5]}
    theatre.put_on(script)
    theatre.advance(5 * HOUR)
    arrived = 0
    for _ in range(5):
        before, arrived = arrived, theatre.cast()["counts"]["join_queue"]
        assert arrived > before
        for one in theatre.cast()["customers"]:
            place = theatre.client.get(f"/v1/contacts/{one['contact_id']}").json["conversation_id"]
            theatre.client.delete(f"/v1/conversations/{place}")
        theatre.advance(HOUR)


def test_what_is_too_much_to_keep_is_taken_back_by_those_who_have_left_too(
    theatre: Theatre,
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
    theatre.put_on({**ECHO, "keep_messages": 5, "people": people, "groups": groups})
    theatre.advance(3 * DAY)
    place = theatre.group("Talk")["conversation_id"]
    assert {line["name"] for line in theatre.acts("message", f"&conversation_id={place}")} == {
        "Host",
        "Guest",
    }
    kept = theatre.client.walk(f"/v1/messages?conversation_id={place}")
    assert len(kept) == 5
    mine = theatre.say(place, "I stay.")
    theatre.advance(DAY)
    assert theatre.client.get(f"/v1/messages/{mine['id']}").status == 200


def test_a_flood_of_messages_makes_no_endless_plans(theatre: Theatre) -> None:
    theatre.put_on("office")
    places = [theatre.group(name)["conversation_id"] for name in ("Third floor", "Lunch?")]
    theatre.advance(5 * HOUR)
    for number in range(2000):
        theatre.say(places[number % 2], f"Question {number}?")
    assert theatre.cast()["planned"] < 2100
    theatre.advance(DAY)
    assert theatre.cast()["planned"] < 100


def test_many_threads_write_while_time_passes(theatre: Theatre) -> None:
    theatre.put_on("office")
    place = theatre.group("Third floor")["conversation_id"]

    def advance(_: int) -> Any:
        return theatre.advance(HOUR)

    def say(number: int) -> Any:
        return theatre.say(place, f"Is this number {number}?")

    with ThreadPoolExecutor(8) as pool:
        advanced = pool.map(advance, range(24))
        said = pool.map(say, range(100))
        fired = [one for each in advanced for one in each["fired"]]
        mine = [one["id"] for one in said]
    lines = theatre.lines()
    moments = [line["at"] for line in lines]
    assert moments == sorted(moments)
    messages = [line["message_id"] for line in lines if line["action"] == "message"]
    assert set(mine) < set(messages)
    assert len(messages) == len(set(messages))
    assert {one["message"] for one in fired if one["type"] == "bots.message"} == (
        set(messages) - set(mine)
    )


def test_who_is_dismissed_in_the_middle_of_an_advance_stops_there(theatre: Theatre) -> None:
    """A receiver of webhooks sends them home, as soon as it hears of the first message."""
    homes: list[int] = []

    def go_home(environ: Any, start_response: Any) -> list[bytes]:
        if not homes:
            homes.append(theatre.client.delete("/_sandbox/bots").status)
        start_response("200 OK", [("Content-Length", "0")])
        return []

    with Server(go_home) as receiver:
        hook = {"url": receiver.url, "events": ["message.created"]}
        theatre.ask("POST", "/webhooks", 201, json=hook)
        theatre.put_on("office")
        advanced = theatre.advance(10 * DAY)
    assert homes == [200]
    assert theatre.ask("GET", "/clock")["now"] == DAWN + 10 * DAY
    assert advanced["left"] == 0
    [first, *more] = [one for one in advanced["fired"] if one["type"] == "bots.message"]
    assert first["message"] == theatre.acts("message")[0]["message_id"]
    assert len(more) < 20, "what was under way when the receiver was called may end"


def test_an_advance_lists_no_more_than_it_may_and_says_how_much_more_there_was(
    theatre: Theatre, another: Callable[[str], Theatre], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = another("whole")
    for each in (theatre, whole):
        each.put_on("office")
    all_fired = whole.advance(DAY)["fired"]
    with monkeypatch.context() as bounded:
        bounded.setattr(scheduler, "MAX_FIRED", 10)
        advanced = theatre.advance(DAY)
    assert advanced["fired"] == all_fired[:10]
    assert (advanced["unlisted"], advanced["left"]) == (len(all_fired) - 10, 0)
    assert theatre.text() == whole.text(), "the cast itself is cut nowhere"


def test_where_real_time_runs_out_the_clock_stands_where_they_have_got_to(
    theatre: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    theatre.put_on("office")
    before = theatre.ask("GET", "/clock")["now"]
    with monkeypatch.context() as bounded:
        bounded.setattr(scheduler, "MAX_DURATION", 0.0)
        advanced = theatre.advance(DAY)
    assert (advanced["fired"], advanced["now"], advanced["left"]) == ([], before, DAY)
    advanced = theatre.advance(advanced["left"])
    assert (advanced["now"], advanced["left"]) == (before + DAY, 0)
    assert theatre.acts("message")
