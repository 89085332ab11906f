"""The transcript of bots and user, as JSON and as text."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.bots import transcript
from tests.bots.conftest import DAWN, DAY, ECHO, HOUR, BotClient


def test_the_text_has_headings_and_descriptions(bots: BotClient) -> None:
    bots.start(ECHO)
    message = bots.send(bots.direct("EchoOne"), "Is it?\nReally?")
    bots.advance(HOUR)
    reactions = {"reactions": {"red_heart": ["EchoOne"], "wave": ["LinnieMcCallister"]}}
    bots.client.put(f"/v1/messages/{message['id']}", json=reactions)
    bots.client.put(f"/v1/messages/{message['id']}", json={"message": "Is it?", "reactions": {}})
    bots.client.delete(f"/v1/messages/{message['id']}")
    bots.control("DELETE", "/bots")
    assert bots.text() == (
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


def test_a_line_has_all_attributes(bots: BotClient) -> None:
    bots.start(ECHO)
    conversation_id = bots.direct("EchoOne")
    message = bots.send(conversation_id, "Is it?")
    [line] = bots.lines()
    assert line == {
        "id": "line_1",
        "at": DAWN,
        "action": "message",
        "contact_id": "inEIRvzjC6YLMX3o",
        "name": "LinnieMcCallister",
        "conversation_id": conversation_id,
        "conversation_name": "EchoOne",
        "message_id": message["id"],
        "text": "Is it?",
    }


def test_membership_changes_by_the_user_are_lines(bots: BotClient) -> None:
    groups = [{"name": "Talk", "members": ["EchoOne"]}]
    bots.start({**ECHO, "groups": groups})
    group = bots.group("Talk")
    frank = "WAz8eIbvDR60rouK"
    bots.client.put(f"/v1/groups/{group['id']}", json={"contacts": [frank]})
    page = [(line["name"], line["action"]) for line in bots.lines()]
    assert sorted(page) == [("EchoOne", "leave"), ("FrankMcCallister", "join")]


def test_other_actions_of_the_user_are_lines(bots: BotClient) -> None:
    bots.start(ECHO)
    conversation_id = bots.direct("EchoOne")
    bots.control("POST", "/simulate/open", json={"conversation_id": conversation_id})
    bots.client.post("/v1/groups", json={"name": "Attic"})
    bots.client.delete(f"/v1/contacts/{bots.contact('EchoOne')['id']}")
    assert bots.text().endswith(
        "LINNIEMCCALLISTER (opens the conversation).\n"
        f"\nAttic, 05:00\n{'-' * 48}\n"
        "LINNIEMCCALLISTER (creates the group).\n"
        "ECHOONE (was deleted).\n"
    )


def test_lines_are_paged_and_filtered_by_conversation(bots: BotClient) -> None:
    bots.start("office")
    bots.advance(DAY)
    lines = bots.lines()
    first = bots.control("GET", "/bots/transcript?limit=100")
    assert (first["has_more"], first["evicted"], first["data"]) == (True, 0, lines[:100])
    rest = bots.lines(f"&since={lines[99]['id']}")
    assert rest == lines[100:]
    conversation_id = bots.group("Release room")["conversation_id"]
    in_group = bots.lines(f"&conversation_id={conversation_id}")
    assert in_group == [line for line in lines if line["conversation_id"] == conversation_id] != []
    text = bots.client.get("/_sandbox/bots/transcript?format=text&limit=10").data.decode()
    assert text.endswith("(More lines follow: ?since=line_10)\n")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("since=line_1", "since: unknown line 'line_1'; the last is 'line_0'"),
        ("since=1", "since: unknown line '1'"),
        ("format=poem", "format: must be one of json, text, not 'poem'"),
        ("limit=0", "limit: must be an integer from 1 to 10000"),
        ("conversation=a", "did you mean 'conversation_id'?"),
    ],
)
def test_an_invalid_parameter_is_refused(query: str, message: str, bots: BotClient) -> None:
    bots.start(ECHO)
    bots.client.get(f"/_sandbox/bots/transcript?{query}").refused(400, message)


def test_without_bots_the_error_says_how_to_start_some(bots: BotClient) -> None:
    for method, path in (("GET", "bots"), ("DELETE", "bots"), ("GET", "bots/transcript")):
        response = bots.client(method, f"/_sandbox/{path}")
        response.refused(404, "no bots are running; start some with PUT /_sandbox/bots", "office")


def test_messages_stay_after_a_stop(bots: BotClient) -> None:
    bots.start("office")
    bots.advance(DAY)
    messages = bots.lines_of("message")
    state = bots.state()
    stopped = bots.control("DELETE", "/bots")["stopped"]
    assert stopped["script"] == "office"
    bots.control("GET", "/bots", 404)
    assert bots.state() == state
    assert bots.lines_of("message") == messages
    assert bots.advance(DAY)["fired"] == []
    assert bots.state() != state, "only the clock has moved"
    assert bots.lines_of("message") == messages


def test_old_lines_are_evicted_and_counted(
    bots: BotClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcript, "MAX_LINES", 50)
    bots.start("office")
    bots.advance(DAY)
    page = bots.control("GET", "/bots/transcript?limit=10000")
    assert len(page["data"]) == 50
    assert page["data"][0]["id"] == f"line_{page['evicted'] + 1}"
    assert f"({page['evicted']} earlier lines were evicted.)" in bots.text()
    assert bots.lines("&since=line_1") == page["data"]


def test_long_texts_are_cut_and_evict_old_lines(
    bots: BotClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcript, "MAX_CHARACTERS", 25_000)
    bots.start(ECHO)
    conversation_id = bots.direct("EchoOne")
    for _ in range(3):
        bots.send(conversation_id, "x" * 20_000)
    page: Any = bots.control("GET", "/bots/transcript")
    assert [line["text"][9_999:] for line in page["data"]] == ["x… (20000 characters)"] * 2
    assert page["evicted"] == 1
