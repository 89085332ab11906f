"""What those on stage do: they write, read, answer, react, come and go, and sleep."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.bots.conftest import DAWN, DAY, ECHO, HOUR, Theatre


def test_they_are_real_contacts_with_conversations_and_groups(theatre: Theatre) -> None:
    shown = theatre.put_on("office")
    tom = theatre.contact("TomOkafor")
    assert tom["display_name"] == "Tom Okafor"
    conversation = theatre.client.get(f"/v1/conversations/{tom['conversation_id']}").json
    assert conversation["contact_id"] == tom["id"]
    members = [one["username"] for one in theatre.group("Release room")["contacts"]]
    assert members == ["PriyaRaman", "TomOkafor", "MeiLindqvist", "KiriWalker"]
    assert (shown["script"], shown["seed"], shown["started_at"]) == ("office", "0", DAWN)
    assert theatre.ask("GET", "/clock")["now"] == DAWN, "to come on stage moves no clock"


def test_who_is_in_the_world_already_is_found(theatre: Theatre) -> None:
    script = {
        **ECHO,
        "people": [{"username": "FrankMcCallister", "lines": ["Well."]}, *ECHO["people"]],
        "groups": [{"name": "Plaza Hotel", "members": ["EchoOne", "FrankMcCallister"]}],
    }
    theatre.put_on(script)
    assert theatre.contact("FrankMcCallister")["id"] == "WAz8eIbvDR60rouK"
    group = theatre.group("Plaza Hotel")
    assert group["id"] == "l7cGNIBKZiNJ6wqF"
    members = [one["username"] for one in group["contacts"]]
    assert {"EchoOne", "FrankMcCallister"} < set(members)
    assert len(set(members)) == len(members)
    counts = theatre.ask("GET", "/sandboxes/" + theatre.client.token[8:])["counts"]
    theatre.put_on(script)
    assert theatre.ask("GET", "/sandboxes/" + theatre.client.token[8:])["counts"] == counts


def test_nobody_plays_the_user(theatre: Theatre) -> None:
    script = {**ECHO, "people": [{**ECHO["people"][0], "username": "LinnieMcCallister"}]}
    theatre.put_on(script)
    assert theatre.contact("LinnieMcCallister")["id"] != "inEIRvzjC6YLMX3o"


def test_a_day_in_the_office_has_all_that_a_day_has(theatre: Theatre) -> None:
    theatre.put_on("office")
    fired = theatre.advance(DAY)["fired"]
    counts = Counter(one["type"] for one in fired)
    for act in ("message", "react", "join", "leave", "come_online", "go_offline"):
        assert counts[f"bots.{act}"] > 0, counts
    assert [one["at"] for one in fired] == sorted(one["at"] for one in fired)
    assert theatre.cast()["counts"] == {
        kind.removeprefix("bots."): number for kind, number in sorted(counts.items())
    }
    for line in theatre.acts("message"):
        message = theatre.client.get(f"/v1/messages/{line['message_id']}").json
        assert (message["message"], message["created_at"]) == (line["text"], line["at"])
        assert message["contact"]["id"] == line["contact_id"]
        assert message["conversation_id"] == line["conversation_id"]


def test_acts_are_in_no_journal_and_move_no_clock(theatre: Theatre) -> None:
    theatre.set_clock(mode="step")
    theatre.put_on("office")
    theatre.advance(DAY)
    assert theatre.ask("GET", "/clock")["now"] == DAWN + DAY
    assert theatre.ask("GET", "/requests")["data"] == []


def test_nobody_writes_reads_or_reacts_in_their_night(theatre: Theatre) -> None:
    [office, _] = theatre.ask("GET", "/bots/scripts")["data"]
    theatre.put_on(office)
    theatre.advance(7 * DAY)
    for person in office["people"]:
        start, end = (int(time[:2]) * HOUR + int(time[3:]) * 60 for time in person["awake"])
        moments = [
            (line["at"] + HOUR) % DAY
            for line in theatre.lines()
            if line["name"] == person["display_name"]
            and line["action"] in ("message", "react", "read", "join")
        ]
        assert len(moments) > 50
        # Counted from when they get up, so that a night shift is no different.
        assert max((moment - start) % DAY for moment in moments) <= (end - start) % DAY


def test_somebody_of_the_office_is_up_at_any_hour_so_that_no_demo_begins_asleep(
    theatre: Theatre,
) -> None:
    theatre.put_on("office")
    theatre.advance(7 * DAY)
    assert {line["at"] % DAY // HOUR for line in theatre.acts("message")} == set(range(24))


def test_a_day_from_24_00_begins_as_one_from_00_00_does(theatre: Theatre) -> None:
    person = {**ECHO["people"][0], "awake": ["24:00", "06:00"]}
    theatre.put_on({**ECHO, "people": [person]})
    theatre.advance(DAY)
    assert [line["at"] // HOUR % 24 for line in theatre.acts("come_online")] == [0]


def test_what_was_asked_at_night_is_read_and_answered_in_the_morning(theatre: Theatre) -> None:
    theatre.put_on("office")
    theatre.set_clock(now=DAWN - 3 * HOUR)  # three in the morning, where they are
    mine = theatre.say(theatre.direct("AgnesMoreau"), "Where is my umbrella?")
    theatre.advance(5 * HOUR)
    [asked, *rest] = [
        line
        for line in theatre.lines(f"&conversation_id={mine['conversation_id']}")
        if line["at"] < DAWN - 3 * HOUR + 5 * HOUR
    ]
    assert asked["text"] == "Where is my umbrella?"
    assert [line["action"] for line in rest[:2]] == ["read", "message"]
    assert all((line["at"] + HOUR) % DAY >= 7 * HOUR for line in rest)
    told = theatre.client.get(f"/v1/messages/{mine['id']}").json
    assert told["read_at"] == rest[0]["at"]


def test_they_read_before_they_answer_and_long_answers_take_longer(
    theatre: Theatre, another: Callable[[str], Theatre]
) -> None:
    took = []
    for number, line in enumerate(("Yes.", "Yes, " * 60)):
        stage = another(f"length_{number}")
        stage.put_on({**ECHO, "people": [{**ECHO["people"][0], "lines": [line]}]})
        mine = stage.say(stage.direct("EchoOne"), "Is it?")
        stage.advance(HOUR)
        read, said = stage.lines()[1:]
        assert (read["action"], said["action"]) == ("read", "message")
        assert mine["created_at"] < read["at"] <= said["at"]
        took.append(said["at"] - mine["created_at"])
    assert 10 < took[0] < took[1]


def test_rules_decide_what_is_answered(theatre: Theatre) -> None:
    replies = [
        {"contains": ["LUNCH", "food"], "say": ["At noon, {name}."]},
        {"question": True, "say": ["Who knows?"]},
        {"say": ["I see."]},
    ]
    theatre.put_on({**ECHO, "people": [{**ECHO["people"][0], "replies": replies}]})
    place = theatre.direct("EchoOne")
    for said, answered in (
        ("When is lunch?", "At noon, Linnie."),
        ("Why?", "Who knows?"),
        ("No food here.", "At noon, Linnie."),
        ("Well.", "I see."),
    ):
        theatre.say(place, said)
        theatre.advance(HOUR)
        assert theatre.acts("message")[-1]["text"] == answered


def test_one_of_a_group_answers_another(theatre: Theatre) -> None:
    two = [
        {
            **ECHO["people"][0],
            "username": "Asks",
            "messages_per_hour": 20,
            "direct_share": 0,
            "lines": ["Why?"],
        },
        {**ECHO["people"][0], "username": "Knows", "lines": ["Because, {name}."]},
    ]
    groups = [{"name": "Talk", "members": ["Asks", "Knows"]}]
    theatre.put_on({**ECHO, "people": two, "groups": groups})
    theatre.advance(2 * HOUR)
    assert {(line["name"], line["text"]) for line in theatre.acts("message")} >= {
        ("Asks", "Why?"),
        ("Knows", "Because, Asks."),
    }
    assert {line["conversation_name"] for line in theatre.acts("message")} == {"Talk"}


def test_who_is_asked_by_name_answers(theatre: Theatre) -> None:
    people = [
        {**ECHO["people"][0], "username": name, "answers": {"questions": 0.3, "anything": 0}}
        for name in ("Ann", "Bob", "Cyd")
    ]
    groups = [{"name": "Talk", "members": ["Ann", "Bob", "Cyd"]}]
    theatre.put_on({**ECHO, "people": people, "groups": groups})
    place = theatre.group("Talk")["conversation_id"]
    for _ in range(10):
        theatre.say(place, "What do you say, Cyd?")
        theatre.advance(HOUR)
    names = Counter(line["name"] for line in theatre.acts("message"))
    assert names["Cyd"] >= 8
    assert names["Ann"] + names["Bob"] <= 5


def test_the_lines_of_faker_are_said(theatre: Theatre) -> None:
    person = {**ECHO["people"][0], "messages_per_hour": 20, "lines": {"faker": "catch_phrase"}}
    theatre.put_on({**ECHO, "people": [person]})
    theatre.advance(3 * HOUR)
    said = [line["text"] for line in theatre.acts("message")]
    assert len(set(said)) > 10
    assert all(re.search(r"\w+ \w+", text) for text in said)


def test_no_line_is_said_again_before_all_others_were(theatre: Theatre) -> None:
    lines = [f"Line {number}." for number in range(12)]
    person = {**ECHO["people"][0], "messages_per_hour": 30, "lines": lines}
    theatre.put_on({**ECHO, "people": [person]})
    theatre.advance(6 * HOUR)
    said = [line["text"] for line in theatre.acts("message")]
    assert len(said) > 40
    for start in range(len(said) - 12):
        assert sorted(said[start : start + 12]) == sorted(lines)


def test_on_a_step_clock_requests_let_them_act(theatre: Theatre) -> None:
    theatre.set_clock(mode="step")
    theatre.put_on(ECHO)
    theatre.say(theatre.direct("EchoOne"), "Is it?")
    for number in range(60):
        theatre.client.put(
            f"/v1/contacts/{theatre.contact('EchoOne')['id']}",
            json={"display_name": f"Echo {number}"},
        )
    assert [line["action"] for line in theatre.lines()] == ["message", "read", "message"]
    # An act has the second of the request that let it fall due, and moves the clock no further.
    assert theatre.ask("GET", "/clock")["now"] == DAWN + 61


def test_a_jump_of_the_clock_is_no_time_in_which_they_acted(theatre: Theatre) -> None:
    theatre.put_on(ECHO)
    theatre.say(theatre.direct("EchoOne"), "Is it?")
    theatre.set_clock(now=DAWN + 1000 * DAY)
    assert len(theatre.lines()) == 1
    theatre.advance(HOUR)
    assert [line["action"] for line in theatre.lines()] == ["message", "read", "message"]
    theatre.say(theatre.direct("EchoOne"), "And now?")
    theatre.set_clock(now=DAWN)
    theatre.advance(HOUR)
    assert [line["action"] for line in theatre.lines()][3:] == ["message", "read", "message"]


def test_what_is_simulated_is_heard_too(theatre: Theatre) -> None:
    people = [*ECHO["people"], {**ECHO["people"][0], "username": "Quiet", "messages_per_hour": 0}]
    groups = [{"name": "Talk", "members": ["EchoOne", "Quiet"]}]
    theatre.put_on({**ECHO, "people": people, "groups": groups})
    place = theatre.group("Talk")["conversation_id"]
    said = {"from": "Quiet", "conversation_id": place, "message": "Anyone?"}
    theatre.ask("POST", "/simulate/message", 201, json=said)
    theatre.advance(60)
    assert [line["text"] for line in theatre.acts("message")][:2] == ["Anyone?", "Yes, Quiet."]


# the queue


@pytest.fixture
def queue(theatre: Theatre) -> Theatre:
    theatre.put_on("support-queue")
    return theatre


def waiting(queue: Theatre) -> Any:
    """The first stranger who has said something, and waits."""
    for _ in range(600):
        queue.advance(30)
        here = [one["contact_id"] for one in queue.cast()["customers"] if not one["has_left"]]
        said = [line for line in queue.acts("message") if line["contact_id"] in here]
        if said:
            return said[-1]
    raise AssertionError("nobody came")


def test_a_stranger_whom_the_user_helps_says_thanks_and_leaves(queue: Theatre) -> None:
    place = waiting(queue)["conversation_id"]
    for _ in range(6):
        queue.say(place, "Let me see. Is it better now?")
        queue.advance(200)
    acts = [line["action"] for line in queue.lines(f"&conversation_id={place}")]
    thanks = queue.ask("GET", "/bots/scripts")["data"][1]["queue"]["thanks"]
    said = [line["text"] for line in queue.acts("message", f"&conversation_id={place}")]
    assert acts.count("read") >= 2
    assert "leave_queue" in acts
    assert any(text[:5] in {one[:5] for one in thanks} for text in said)


def test_a_stranger_whom_nobody_answers_reminds_gives_up_and_is_forgotten(queue: Theatre) -> None:
    first = waiting(queue)
    queue.advance(HOUR)
    place = first["conversation_id"]
    acts = [line["action"] for line in queue.lines(f"&conversation_id={place}")]
    assert acts == ["join_queue", "message", "message", "message", "message", "leave_queue"]
    assert queue.client.get(f"/v1/contacts/{first['contact_id']}").status == 200
    fired = queue.advance(11 * HOUR)["fired"]
    assert first["contact_id"] in [
        one["contact"] for one in fired if one["type"] == "bots.delete_contact"
    ]
    assert queue.client.get(f"/v1/contacts/{first['contact_id']}").status == 404


def test_there_are_never_more_strangers_than_the_script_says(theatre: Theatre) -> None:
    [_, script] = theatre.ask("GET", "/bots/scripts")["data"]
    script["queue"] |= {"maximum": 2, "per_hour": 30}
    theatre.put_on(script)
    for _ in range(24):
        theatre.advance(HOUR)
        assert len(theatre.cast()["customers"]) <= 2
    assert theatre.cast()["counts"]["join_queue"] > 2
