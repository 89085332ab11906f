"""Actions of bots: writing, reading, answering, reacting, visiting groups."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.bots.conftest import DAWN, DAY, ECHO, HOUR, BotClient


def test_bots_are_contacts_with_conversations_and_groups(bots: BotClient) -> None:
    status = bots.start("office")
    tom = bots.contact("TomOkafor")
    assert tom["display_name"] == "Tom Okafor"
    conversation = bots.client.get(f"/v1/conversations/{tom['conversation_id']}").json
    assert conversation["contact_id"] == tom["id"]
    members = [member["username"] for member in bots.group("Release room")["contacts"]]
    assert members == ["PriyaRaman", "TomOkafor", "MeiLindqvist", "KiriWalker"]
    assert (status["script"], status["seed"], status["started_at"]) == ("office", "0", DAWN)
    assert bots.control("GET", "/clock")["now"] == DAWN, "a start does not move the clock"


def test_existing_contacts_and_groups_are_reused(bots: BotClient) -> None:
    script = {
        **ECHO,
        "people": [{"username": "FrankMcCallister", "lines": ["Well."]}, *ECHO["people"]],
        "groups": [{"name": "Plaza Hotel", "members": ["EchoOne", "FrankMcCallister"]}],
    }
    bots.start(script)
    assert bots.contact("FrankMcCallister")["id"] == "WAz8eIbvDR60rouK"
    group = bots.group("Plaza Hotel")
    assert group["id"] == "l7cGNIBKZiNJ6wqF"
    members = [member["username"] for member in group["contacts"]]
    assert {"EchoOne", "FrankMcCallister"} < set(members)
    assert len(set(members)) == len(members)
    counts = bots.control("GET", "/sandboxes/" + bots.client.token[8:])["counts"]
    bots.start(script)
    assert bots.control("GET", "/sandboxes/" + bots.client.token[8:])["counts"] == counts


def test_the_user_is_never_a_bot(bots: BotClient) -> None:
    script = {**ECHO, "people": [{**ECHO["people"][0], "username": "LinnieMcCallister"}]}
    bots.start(script)
    assert bots.contact("LinnieMcCallister")["id"] != "inEIRvzjC6YLMX3o"


def test_a_day_in_the_office_has_every_action(bots: BotClient) -> None:
    bots.start("office")
    fired = bots.advance(DAY)["fired"]
    counts = Counter(entry["type"] for entry in fired)
    for action in ("message", "react", "join", "leave", "come_online", "go_offline"):
        assert counts[f"bots.{action}"] > 0, counts
    assert [entry["at"] for entry in fired] == sorted(entry["at"] for entry in fired)
    assert bots.status()["counts"] == {
        kind.removeprefix("bots."): number for kind, number in sorted(counts.items())
    }
    for line in bots.lines_of("message"):
        message = bots.client.get(f"/v1/messages/{line['message_id']}").json
        assert (message["message"], message["created_at"]) == (line["text"], line["at"])
        assert message["contact"]["id"] == line["contact_id"]
        assert message["conversation_id"] == line["conversation_id"]


def test_actions_are_not_journaled_and_move_no_clock(bots: BotClient) -> None:
    bots.set_clock(mode="step")
    bots.start("office")
    bots.advance(DAY)
    assert bots.control("GET", "/clock")["now"] == DAWN + DAY
    assert bots.control("GET", "/requests")["data"] == []


def test_nobody_acts_outside_their_hours(bots: BotClient) -> None:
    [office, _] = bots.control("GET", "/bots/scripts")["data"]
    bots.start(office)
    bots.advance(7 * DAY)
    for person in office["people"]:
        start, end = (int(time[:2]) * HOUR + int(time[3:]) * 60 for time in person["awake"])
        times = [
            (line["at"] + HOUR) % DAY
            for line in bots.lines()
            if line["name"] == person["display_name"]
            and line["action"] in ("message", "react", "read", "join")
        ]
        assert len(times) > 50
        # Measured from the start of their day, because night shifts span midnight.
        assert max((time - start) % DAY for time in times) <= (end - start) % DAY


def test_somebody_in_the_office_is_online_at_any_hour(
    bots: BotClient,
) -> None:
    bots.start("office")
    bots.advance(7 * DAY)
    assert {line["at"] % DAY // HOUR for line in bots.lines_of("message")} == set(range(24))


def test_24_00_starts_a_day_like_00_00(bots: BotClient) -> None:
    person = {**ECHO["people"][0], "awake": ["24:00", "06:00"]}
    bots.start({**ECHO, "people": [person]})
    bots.advance(DAY)
    assert [line["at"] // HOUR % 24 for line in bots.lines_of("come_online")] == [0]


def test_a_question_at_night_is_answered_in_the_morning(bots: BotClient) -> None:
    bots.start("office")
    bots.set_clock(now=DAWN - 3 * HOUR)  # 3:00 in their local time
    question = bots.send(bots.direct("AgnesMoreau"), "Where is my umbrella?")
    bots.advance(5 * HOUR)
    [asked, *rest] = [
        line
        for line in bots.lines(f"&conversation_id={question['conversation_id']}")
        if line["at"] < DAWN - 3 * HOUR + 5 * HOUR
    ]
    assert asked["text"] == "Where is my umbrella?"
    assert [line["action"] for line in rest[:2]] == ["read", "message"]
    assert all((line["at"] + HOUR) % DAY >= 7 * HOUR for line in rest)
    message = bots.client.get(f"/v1/messages/{question['id']}").json
    assert message["read_at"] == rest[0]["at"]


def test_a_long_answer_takes_longer(bots: BotClient, new_bots: Callable[[str], BotClient]) -> None:
    durations = []
    for number, line in enumerate(("Yes.", "Yes, " * 60)):
        client = new_bots(f"length_{number}")
        client.start({**ECHO, "people": [{**ECHO["people"][0], "lines": [line]}]})
        question = client.send(client.direct("EchoOne"), "Is it?")
        client.advance(HOUR)
        read, response = client.lines()[1:]
        assert (read["action"], response["action"]) == ("read", "message")
        assert question["created_at"] < read["at"] <= response["at"]
        durations.append(response["at"] - question["created_at"])
    assert 10 < durations[0] < durations[1]


def test_the_first_matching_reply_is_used(bots: BotClient) -> None:
    replies = [
        {"contains": ["LUNCH", "food"], "say": ["At noon, {name}."]},
        {"question": True, "say": ["Who knows?"]},
        {"say": ["I see."]},
    ]
    bots.start({**ECHO, "people": [{**ECHO["people"][0], "replies": replies}]})
    conversation_id = bots.direct("EchoOne")
    for text, response in (
        ("When is lunch?", "At noon, Linnie."),
        ("Why?", "Who knows?"),
        ("No food here.", "At noon, Linnie."),
        ("Well.", "I see."),
    ):
        bots.send(conversation_id, text)
        bots.advance(HOUR)
        assert bots.lines_of("message")[-1]["text"] == response


def test_group_members_answer_each_other(bots: BotClient) -> None:
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
    bots.start({**ECHO, "people": two, "groups": groups})
    bots.advance(2 * HOUR)
    assert {(line["name"], line["text"]) for line in bots.lines_of("message")} >= {
        ("Asks", "Why?"),
        ("Knows", "Because, Asks."),
    }
    assert {line["conversation_name"] for line in bots.lines_of("message")} == {"Talk"}


def test_a_bot_asked_by_name_answers(bots: BotClient) -> None:
    people = [
        {**ECHO["people"][0], "username": name, "answers": {"questions": 0.3, "anything": 0}}
        for name in ("Ann", "Bob", "Cyd")
    ]
    groups = [{"name": "Talk", "members": ["Ann", "Bob", "Cyd"]}]
    bots.start({**ECHO, "people": people, "groups": groups})
    conversation_id = bots.group("Talk")["conversation_id"]
    for _ in range(10):
        bots.send(conversation_id, "What do you say, Cyd?")
        bots.advance(HOUR)
    names = Counter(line["name"] for line in bots.lines_of("message"))
    assert names["Cyd"] >= 8
    assert names["Ann"] + names["Bob"] <= 5


def test_faker_makes_the_lines(bots: BotClient) -> None:
    person = {**ECHO["people"][0], "messages_per_hour": 20, "lines": {"faker": "catch_phrase"}}
    bots.start({**ECHO, "people": [person]})
    bots.advance(3 * HOUR)
    texts = [line["text"] for line in bots.lines_of("message")]
    assert len(set(texts)) > 10
    assert all(re.search(r"\w+ \w+", text) for text in texts)


def test_a_line_recurs_only_after_all_others(bots: BotClient) -> None:
    lines = [f"Line {number}." for number in range(12)]
    person = {**ECHO["people"][0], "messages_per_hour": 30, "lines": lines}
    bots.start({**ECHO, "people": [person]})
    bots.advance(6 * HOUR)
    texts = [line["text"] for line in bots.lines_of("message")]
    assert len(texts) > 40
    for start in range(len(texts) - 12):
        assert sorted(texts[start : start + 12]) == sorted(lines)


def test_on_a_step_clock_requests_trigger_actions(bots: BotClient) -> None:
    bots.set_clock(mode="step")
    bots.start(ECHO)
    bots.send(bots.direct("EchoOne"), "Is it?")
    for number in range(60):
        bots.client.put(
            f"/v1/contacts/{bots.contact('EchoOne')['id']}",
            json={"display_name": f"Echo {number}"},
        )
    assert [line["action"] for line in bots.lines()] == ["message", "read", "message"]
    # An action happens in the second of the request that made it due, and does not move the clock.
    assert bots.control("GET", "/clock")["now"] == DAWN + 61


def test_setting_the_clock_runs_no_actions(bots: BotClient) -> None:
    bots.start(ECHO)
    bots.send(bots.direct("EchoOne"), "Is it?")
    bots.set_clock(now=DAWN + 1000 * DAY)
    assert len(bots.lines()) == 1
    bots.advance(HOUR)
    assert [line["action"] for line in bots.lines()] == ["message", "read", "message"]
    bots.send(bots.direct("EchoOne"), "And now?")
    bots.set_clock(now=DAWN)
    bots.advance(HOUR)
    assert [line["action"] for line in bots.lines()][3:] == ["message", "read", "message"]


def test_simulated_messages_are_answered(bots: BotClient) -> None:
    people = [*ECHO["people"], {**ECHO["people"][0], "username": "Quiet", "messages_per_hour": 0}]
    groups = [{"name": "Talk", "members": ["EchoOne", "Quiet"]}]
    bots.start({**ECHO, "people": people, "groups": groups})
    conversation_id = bots.group("Talk")["conversation_id"]
    body = {"from": "Quiet", "conversation_id": conversation_id, "message": "Anyone?"}
    bots.control("POST", "/simulate/message", 201, json=body)
    bots.advance(60)
    assert [line["text"] for line in bots.lines_of("message")][:2] == ["Anyone?", "Yes, Quiet."]


# the queue


@pytest.fixture
def queue(bots: BotClient) -> BotClient:
    bots.start("support-queue")
    return bots


def first_customer_line(queue: BotClient) -> Any:
    """Advance until a customer waits for an answer; return the line of their message."""
    for _ in range(600):
        queue.advance(30)
        customers = queue.status()["customers"]
        waiting = {item["contact_id"] for item in customers if not item["has_left"]}
        lines = [line for line in queue.lines_of("message") if line["contact_id"] in waiting]
        if lines:
            return lines[-1]
    raise AssertionError("no customer has written")


def test_a_helped_customer_says_thanks_and_leaves(queue: BotClient) -> None:
    conversation_id = first_customer_line(queue)["conversation_id"]
    for _ in range(6):
        queue.send(conversation_id, "Let me see. Is it better now?")
        queue.advance(200)
    actions = [line["action"] for line in queue.lines(f"&conversation_id={conversation_id}")]
    thanks = queue.control("GET", "/bots/scripts")["data"][1]["queue"]["thanks"]
    texts = [
        line["text"] for line in queue.lines_of("message", f"&conversation_id={conversation_id}")
    ]
    assert actions.count("read") >= 2
    assert "leave_queue" in actions
    assert any(text[:5] in {line[:5] for line in thanks} for text in texts)


def test_an_unanswered_customer_gives_up_and_is_deleted(queue: BotClient) -> None:
    first = first_customer_line(queue)
    queue.advance(HOUR)
    conversation_id = first["conversation_id"]
    actions = [line["action"] for line in queue.lines(f"&conversation_id={conversation_id}")]
    assert actions == ["join_queue", "message", "message", "message", "message", "leave_queue"]
    assert queue.client.get(f"/v1/contacts/{first['contact_id']}").status == 200
    fired = queue.advance(11 * HOUR)["fired"]
    assert first["contact_id"] in [
        entry["contact"] for entry in fired if entry["type"] == "bots.delete_contact"
    ]
    assert queue.client.get(f"/v1/contacts/{first['contact_id']}").status == 404


def test_customers_never_exceed_the_maximum(bots: BotClient) -> None:
    [_, script] = bots.control("GET", "/bots/scripts")["data"]
    script["queue"] |= {"maximum": 2, "per_hour": 30}
    bots.start(script)
    for _ in range(24):
        bots.advance(HOUR)
        assert len(bots.status()["customers"]) <= 2
    assert bots.status()["counts"]["join_queue"] > 2
