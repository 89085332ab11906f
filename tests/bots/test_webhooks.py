"""Webhooks hear of a cast as of anything else, and one advance does both in one order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mockserver.server import Server
from mockserver.settings import Settings
from tests.bots.conftest import DAWN, ECHO, HOUR, Theatre

SCHEDULE = [0, 5, 300, 1800, 7200, 18_000, 36_000]
LIVELY = {**ECHO, "people": [{**ECHO["people"][0], "messages_per_hour": 20}]}


@pytest.fixture
def refusing() -> Iterator[str]:
    """The URL of a receiver that refuses whatever comes."""

    def refuse(environ: Any, start_response: Any) -> list[bytes]:
        start_response("500 Internal Server Error", [("Content-Length", "0")])
        return []

    with Server(refuse) as server:
        yield server.url


def test_who_comes_on_stage_is_announced(theatre: Theatre) -> None:
    name = theatre.client.token.removeprefix("sandbox_")
    url = f"{theatre.client.url}/_sandbox/inbox/ear?sandbox={name}"
    theatre.ask("POST", "/webhooks", 201, json={"url": url})
    theatre.put_on({**ECHO, "groups": [{"name": "Talk", "members": ["EchoOne"]}]})
    theatre.ask("POST", "/webhooks/wait", json={"timeout": 30})
    assert [one["event"]["type"] for one in theatre.ask("GET", "/inbox/ear")["data"]] == [
        *("contact.created", "conversation.created"),
        *("group.created", "conversation.created"),
    ]


def test_the_webhooks_of_the_start_hear_the_cast_of_the_start(
    serve: Callable[..., Server], client: Any
) -> None:
    inbox = f"{client.url}/_sandbox/inbox/start?sandbox={client.token.removeprefix('sandbox_')}"
    client.put("/_sandbox/inbox/start", json={})
    serve(Settings(bots="support-queue", webhook=(f"{inbox};events=group.*",)))
    wait = {"at_least": 1, "timeout": 30}
    [heard] = client.post("/_sandbox/inbox/start/wait", json=wait).json["data"]
    assert heard["event"]["payload"]["name"] == "Support desk"


def test_acts_and_retries_come_in_one_order(
    theatre: Theatre, another: Callable[[str], Theatre], refusing: str
) -> None:
    ends = []
    for each, steps in ((theatre, 1), (another("hours"), 4)):
        hook = {"url": refusing, "events": ["message.created"], "secret": "s3cret"}
        each.ask("POST", "/webhooks", 201, json=hook)
        each.put_on(LIVELY)
        fired = []
        for _ in range(steps):
            fired += each.advance(4 * HOUR // steps)["fired"]
        log = each.ask("GET", "/deliveries?limit=1000")["data"]
        whole = [each.ask("GET", f"/deliveries/{one['id']}") for one in log]
        attempts = [[one["at"] for one in delivery["attempts"]] for delivery in whole]
        ends.append((each.text(), fired, attempts))
        for delivery, moments in zip(whole, attempts, strict=True):
            due = [delivery["at"] + seconds for seconds in SCHEDULE]
            assert moments == [moment for moment in due if moment <= DAWN + 4 * HOUR]
    assert ends[0] == ends[1]
    kinds = {one["type"] for one in ends[0][1]}
    assert {"bots.message", "delivery.attempt"} <= kinds
    moments = [line["at"] for line in theatre.lines()]
    assert moments == sorted(moments)
