"""Many events, and a receiver that fails at random, hangs, resets and restarts."""

from __future__ import annotations

from contextlib import closing
from random import Random
from typing import Any

import pytest

from tests.benchmarks.server_process import MOCKSERVER, SERVE, running
from tests.webhooks.receiver import (
    Received,
    Receiver,
    Response,
    close_without_response,
    hang,
    reset,
    status,
)
from tests.webhooks.webhook_client import WebhookClient

#: Probability that an attempt fails, and maximum failures per event. The schedule has seven
#: attempts, some of which fail because the receiver is down.
PROBABILITY, MAX_FAILURES = 0.1, 2
FAILURES: list[tuple[int | None, Response]] = [
    (500, status(500)),
    (302, status(302, "Location: /elsewhere")),
    (429, status(429, "Retry-After: 60")),
    (None, reset),
    (None, close_without_response),
]
#: Number of restarts of the receiver, and of events sent each time while it is down.
RESTARTS, MISSED = 3, 10


class Storm(Receiver):
    """A receiver that fails at random, but the same way for the same event in each run."""

    def __init__(self, stuck: set[str]) -> None:
        #: Messages at whose first attempt it hangs.
        self.stuck = stuck
        #: The status sent at each attempt, or None, by message in order of arrival.
        self.statuses: dict[str, list[int | None]] = {}
        super().__init__()

    def response_to(self, received: Received) -> Response:
        text = received.event["payload"]["message"]
        statuses = self.statuses.setdefault(text, [])
        code, response = self._choose_response(text, len(statuses))
        statuses.append(code)
        return response

    def _choose_response(self, text: str, attempts: int) -> tuple[int | None, Response]:
        if text in self.stuck and not attempts:
            return None, hang
        chance = Random(f"{text}, {attempts}")
        if attempts < MAX_FAILURES and chance.random() < PROBABILITY:
            return chance.choice(FAILURES)
        return 200, status(200)


@pytest.mark.parametrize("count", [1_200, pytest.param(10_000, marks=pytest.mark.benchmark)])
def test_all_events_survive_failures_and_restarts(client: Any, count: int) -> None:
    texts = [str(number) for number in range(count)]
    part = count // RESTARTS
    with (
        running(MOCKSERVER, *SERVE, "--webhook-timeout", "2") as server,
        closing(Storm(stuck=set(texts[part // 2 :: part]))) as storm,
    ):
        url = f"http://127.0.0.1:{server.port}"
        webhooks = WebhookClient(type(client)(url, client.token, client.pool))
        webhooks.register(storm.url, events=["message.created"])
        for start in range(0, RESTARTS * part, part):
            sent = start + part - MISSED
            send_messages(webhooks, texts[start:sent])
            storm.close()
            send_messages(webhooks, texts[sent : start + part])
            storm.open()
        send_messages(webhooks, texts[RESTARTS * part :])
        advanced = webhooks.advance(40_000)
        assert (advanced["pending"], advanced["next_due"]) == (0, None)
        check(texts, storm.statuses, log(webhooks), webhooks)


def send_messages(webhooks: WebhookClient, texts: list[str]) -> None:
    for text in texts:
        webhooks.send_message(text)
    webhooks.wait_until_idle()


def log(webhooks: WebhookClient) -> list[Any]:
    """Return all deliveries, page by page."""
    deliveries: list[Any] = []
    more = True
    while more:
        since = f"&since={deliveries[-1]['id']}" if deliveries else ""
        page = webhooks.client.get(f"/_sandbox/deliveries?limit=1000{since}").json
        assert page["evicted"] == 0
        deliveries += page["data"]
        more = page["has_more"]
    return deliveries


def check(
    texts: list[str], statuses: dict[str, list[int | None]], log: list[Any], webhooks: WebhookClient
) -> None:
    """Check that no event is lost or sent after a 200, and that the log is accurate."""
    assert sorted(statuses, key=int) == texts
    assert len({delivery["event"] for delivery in log}) == len(log) == len(texts)
    assert {delivery["state"] for delivery in log} == {"delivered"}
    missed = set()
    for text, delivery in zip(texts, log, strict=True):
        if delivery["attempts"] == 1:
            assert (statuses[text], delivery["status"]) == ([200], 200)
            continue
        detail = webhooks.delivery(delivery["id"])
        assert detail["body"]["payload"]["message"] == text
        attempts = [
            attempt["response"] and attempt["response"]["status"] for attempt in detail["attempts"]
        ]
        answered = list(filter(None, attempts))
        assert answered.index(200) == len(answered) - 1
        # On a busy machine a response may arrive after the timeout.
        remaining = iter(statuses[text])
        assert all(code in remaining for code in answered)
        reasons = [attempt["reason"] for attempt in detail["attempts"]]
        assert [code == 200 for code in attempts] == [reason is None for reason in reasons]
        if len(attempts) > len(statuses[text]):
            missed.add(text)
    assert len(missed) >= RESTARTS * MISSED
    # Events sent while the receiver was down arrived later; all others arrived in order.
    assert [text for text in statuses if text not in missed] == [
        text for text in texts if text not in missed
    ]
