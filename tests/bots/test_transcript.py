"""What was said and done, as JSON and as a play."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.bots import transcript
from tests.bots.conftest import DAWN, DAY, ECHO, HOUR, Theatre


def test_it_reads_like_a_play(theatre: Theatre) -> None:
    theatre.put_on(ECHO)
    mine = theatre.say(theatre.direct("EchoOne"), "Is it?\nReally?")
    theatre.advance(HOUR)
    reactions = {"reactions": {"red_heart": ["EchoOne"], "wave": ["LinnieMcCallister"]}}
    theatre.client.put(f"/v1/messages/{mine['id']}", json=reactions)
    theatre.client.put(f"/v1/messages/{mine['id']}", json={"message": "Is it?", "reactions": {}})
    theatre.client.delete(f"/v1/messages/{mine['id']}")
    theatre.ask("DELETE", "/bots")
    assert theatre.text() == (
        "ECHO\n\n\nTuesday, 5 May 1992\n" + "=" * 48 + "\n\nEchoOne, 05:00\n" + "-" * 48 + "\n"
        "LINNIEMCCALLISTER. Is it?\n    Really?\n"
        "ECHOONE (reads).\n"
        "ECHOONE. Yes, Linnie.\n"
        "\nEchoOne, 06:00\n" + "-" * 48 + "\n"
        "ECHOONE (reacts with ❤️).\n"
        "LINNIEMCCALLISTER (reacts with wave).\n"
        "LINNIEMCCALLISTER. (edited) Is it?\n"
        "ECHOONE (removes the reaction ❤️).\n"
        "LINNIEMCCALLISTER (removes the reaction wave).\n"
        "LINNIEMCCALLISTER (deletes a message).\n"
        "ALL BOTS (stopped).\n"
    )


def test_each_line_tells_who_what_where_and_when(theatre: Theatre) -> None:
    theatre.put_on(ECHO)
    place = theatre.direct("EchoOne")
    mine = theatre.say(place, "Is it?")
    [line] = theatre.lines()
    assert line == {
        "id": "line_1",
        "at": DAWN,
        "action": "message",
        "contact_id": "inEIRvzjC6YLMX3o",
        "name": "LinnieMcCallister",
        "conversation_id": place,
        "conversation_name": "EchoOne",
        "message_id": mine["id"],
        "text": "Is it?",
    }


def test_who_joins_and_leaves_by_the_users_hand_is_told(theatre: Theatre) -> None:
    groups = [{"name": "Talk", "members": ["EchoOne"]}]
    theatre.put_on({**ECHO, "groups": groups})
    group = theatre.group("Talk")
    frank = "WAz8eIbvDR60rouK"
    theatre.client.put(f"/v1/groups/{group['id']}", json={"contacts": [frank]})
    told = [(line["name"], line["action"]) for line in theatre.lines()]
    assert sorted(told) == [("EchoOne", "leave"), ("FrankMcCallister", "join")]


def test_what_else_the_user_does_is_told(theatre: Theatre) -> None:
    theatre.put_on(ECHO)
    place = theatre.direct("EchoOne")
    theatre.ask("POST", "/simulate/open", json={"conversation_id": place})
    theatre.client.post("/v1/groups", json={"name": "Attic"})
    theatre.client.delete(f"/v1/contacts/{theatre.contact('EchoOne')['id']}")
    assert theatre.text().endswith(
        "LINNIEMCCALLISTER (opens the conversation).\n"
        f"\nAttic, 05:00\n{'-' * 48}\n"
        "LINNIEMCCALLISTER (creates the group).\n"
        "ECHOONE (was deleted).\n"
    )


def test_it_goes_on_by_pages_and_by_conversation(theatre: Theatre) -> None:
    theatre.put_on("office")
    theatre.advance(DAY)
    whole = theatre.lines()
    first = theatre.ask("GET", "/bots/transcript?limit=100")
    assert (first["has_more"], first["evicted"], first["data"]) == (True, 0, whole[:100])
    rest = theatre.lines(f"&since={whole[99]['id']}")
    assert rest == whole[100:]
    place = theatre.group("Release room")["conversation_id"]
    found = theatre.lines(f"&conversation_id={place}")
    assert found == [line for line in whole if line["conversation_id"] == place] != []
    text = theatre.client.get("/_sandbox/bots/transcript?format=text&limit=10").data.decode()
    assert text.endswith("(More lines follow: ?since=line_10)\n")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=line_1", "since: no line has the id 'line_1'; the last is 'line_0'"),
        ("since=1", "since: no line has the id '1'"),
        ("format=poem", "format: must be one of json, text, not 'poem'"),
        ("limit=0", "limit: must be an integer from 1 to 10000"),
        ("conversation=a", "did you mean 'conversation_id'?"),
    ],
)
def test_a_wrong_parameter_is_told(query: str, said: str, theatre: Theatre) -> None:
    theatre.put_on(ECHO)
    theatre.client.get(f"/_sandbox/bots/transcript?{query}").refused(400, said)


def test_without_a_cast_the_answer_says_how_to_get_one(theatre: Theatre) -> None:
    for method, path in (("GET", "bots"), ("DELETE", "bots"), ("GET", "bots/transcript")):
        answer = theatre.client(method, f"/_sandbox/{path}")
        answer.refused(404, "no bots are running; start some with PUT /_sandbox/bots", "office")


def test_when_they_are_gone_what_they_said_stays(theatre: Theatre) -> None:
    theatre.put_on("office")
    theatre.advance(DAY)
    said = theatre.acts("message")
    state = theatre.state()
    dismissed = theatre.ask("DELETE", "/bots")["stopped"]
    assert dismissed["script"] == "office"
    theatre.ask("GET", "/bots", 404)
    assert theatre.state() == state
    assert theatre.acts("message") == said
    assert theatre.advance(DAY)["fired"] == []
    assert theatre.state() != state, "only the clock went on"
    assert theatre.acts("message") == said


def test_it_is_bounded_and_says_what_was_left_off(
    theatre: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcript, "MAX_LINES", 50)
    theatre.put_on("office")
    theatre.advance(DAY)
    told = theatre.ask("GET", "/bots/transcript?limit=10000")
    assert len(told["data"]) == 50
    assert told["data"][0]["id"] == f"line_{told['evicted'] + 1}"
    assert f"({told['evicted']} earlier lines were evicted.)" in theatre.text()
    assert theatre.lines("&since=line_1") == told["data"]


def test_long_texts_are_cut_and_many_make_room(
    theatre: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcript, "MAX_CHARACTERS", 25_000)
    theatre.put_on(ECHO)
    place = theatre.direct("EchoOne")
    for _ in range(3):
        theatre.say(place, "x" * 20_000)
    told: Any = theatre.ask("GET", "/bots/transcript")
    assert [line["text"][9_999:] for line in told["data"]] == ["x… (20000 characters)"] * 2
    assert told["evicted"] == 1
