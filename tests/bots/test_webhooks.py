"""Webhooks receive events of bots, and an advance runs both in time order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mockserver.server import Server
from mockserver.settings import Settings
from tests.bots.conftest import DAWN, ECHO, HOUR, BotClient

SCHEDULE = [0, 5, 300, 1800, 7200, 18_000, 36_000]
LIVELY = {**ECHO, "people": [{**ECHO["people"][0], "messages_per_hour": 20}]}


@pytest.fixture
def refusing() -> Iterator[str]:
    """The URL of a receiver that refuses every delivery."""

    def refuse(environ: Any, start_response: Any) -> list[bytes]:
        start_response("500 Internal Server Error", [("Content-Length", "0")])
        return []

    with Server(refuse) as server:
        yield server.url


def test_new_contacts_and_groups_are_announced(bots: BotClient) -> None:
    name = bots.client.token.removeprefix("sandbox_")
    url = f"{bots.client.url}/_sandbox/inbox/hook?sandbox={name}"
    bots.control("POST", "/webhooks", 201, json={"url": url})
    bots.start({**ECHO, "groups": [{"name": "Talk", "members": ["EchoOne"]}]})
    bots.control("POST", "/webhooks/wait", json={"timeout": 30})
    assert [entry["event"]["type"] for entry in bots.control("GET", "/inbox/hook")["data"]] == [
        *("contact.created", "conversation.created"),
        *("group.created", "conversation.created"),
    ]


def test_webhooks_of_a_server_receive_its_first_events(
    serve: Callable[..., Server], client: Any
) -> None:
    inbox = f"{client.url}/_sandbox/inbox/start?sandbox={client.token.removeprefix('sandbox_')}"
    client.put("/_sandbox/inbox/start", json={})
    serve(Settings(bots="support-queue", webhook=(f"{inbox};events=group.*",)))
    wait = {"at_least": 1, "timeout": 30}
    [received] = client.post("/_sandbox/inbox/start/wait", json=wait).json["data"]
    assert received["event"]["payload"]["name"] == "Support desk"


def test_actions_and_retries_run_in_time_order(
    bots: BotClient, new_bots: Callable[[str], BotClient], refusing: str
) -> None:
    ends = []
    for client, steps in ((bots, 1), (new_bots("hours"), 4)):
        hook = {"url": refusing, "events": ["message.created"], "secret": "s3cret"}
        client.control("POST", "/webhooks", 201, json=hook)
        client.start(LIVELY)
        fired = []
        for _ in range(steps):
            fired += client.advance(4 * HOUR // steps)["fired"]
        log = client.control("GET", "/deliveries?limit=1000")["data"]
        deliveries = [client.control("GET", f"/deliveries/{delivery['id']}") for delivery in log]
        attempts = [[attempt["at"] for attempt in delivery["attempts"]] for delivery in deliveries]
        ends.append((client.text(), fired, attempts))
        for delivery, times in zip(deliveries, attempts, strict=True):
            due = [delivery["at"] + seconds for seconds in SCHEDULE]
            assert times == [time for time in due if time <= DAWN + 4 * HOUR]
    assert ends[0] == ends[1]
    kinds = {entry["type"] for entry in ends[0][1]}
    assert {"bots.message", "delivery.attempt"} <= kinds
    times = [line["at"] for line in bots.lines()]
    assert times == sorted(times)
