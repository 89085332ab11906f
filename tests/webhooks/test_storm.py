"""Many events, and a receiver that fails at random, hangs, resets and is started anew."""

from __future__ import annotations

from contextlib import closing
from random import Random
from typing import Any

import pytest

from tests.benchmarks.process import MOCKSERVER, SERVE, running
from tests.webhooks.receiver import Answer, Received, Receiver, hang, nothing, reset, status
from tests.webhooks.webhook_client import Hooks

#: How often an attempt fails, and how often at most for one event. The schedule has seven attempts,
#: of which those while nobody listens take some too.
CHANCE, MOST_FAILURES = 0.1, 2
FAILURES: list[tuple[int | None, Answer]] = [
    (500, status(500)),
    (302, status(302, "Location: /elsewhere")),
    (429, status(429, "Retry-After: 60")),
    (None, reset),
    (None, nothing),
]
#: How often the receiver is started anew, and how many events nobody hears meanwhile.
RESTARTS, UNHEARD = 3, 10


class Storm(Receiver):
    """A receiver that does at random what it does, but the same to the same event in each run."""

    def __init__(self, stuck: set[str]) -> None:
        #: The messages at whose first attempt it hangs.
        self.stuck = stuck
        #: By message, in the order in which they came: the status that each attempt got, or None.
        self.told: dict[str, list[int | None]] = {}
        super().__init__()

    def answer_to(self, received: Received) -> Answer:
        text = received.event["payload"]["message"]
        told = self.told.setdefault(text, [])
        code, answer = self._fate(text, len(told))
        told.append(code)
        return answer

    def _fate(self, text: str, tried: int) -> tuple[int | None, Answer]:
        if text in self.stuck and not tried:
            return None, hang
        chance = Random(f"{text}, {tried}")
        if tried < MOST_FAILURES and chance.random() < CHANCE:
            return chance.choice(FAILURES)
        return 200, status(200)


@pytest.mark.parametrize("count", [3_000, pytest.param(10_000, marks=pytest.mark.benchmark)])
def test_through_any_storm_all_is_delivered_in_order_and_told_in_the_log(
    client: Any, count: int
) -> None:
    texts = [str(number) for number in range(count)]
    part = count // RESTARTS
    with (
        running(MOCKSERVER, *SERVE, "--webhook-timeout", "2") as server,
        closing(Storm(stuck=set(texts[part // 2 :: part]))) as storm,
    ):
        url = f"http://127.0.0.1:{server.port}"
        hooks = Hooks(type(client)(url, client.token, client.pool))
        hooks.register(storm.url, events=["message.created"])
        for start in range(0, RESTARTS * part, part):
            heard = start + part - UNHEARD
            say(hooks, texts[start:heard])
            storm.close()
            say(hooks, texts[heard : start + part])
            storm.open()
        say(hooks, texts[RESTARTS * part :])
        advanced = hooks.advance(40_000)
        assert (advanced["pending"], advanced["next_due"]) == (0, None)
        check(texts, storm.told, log(hooks), hooks)


def say(hooks: Hooks, texts: list[str]) -> None:
    for text in texts:
        hooks.say(text)
    hooks.settle()


def log(hooks: Hooks) -> list[Any]:
    """All deliveries, page by page."""
    found: list[Any] = []
    more = True
    while more:
        since = f"&since={found[-1]['id']}" if found else ""
        page = hooks.client.get(f"/_sandbox/deliveries?limit=1000{since}").json
        assert page["evicted"] == 0
        found += page["data"]
        more = page["has_more"]
    return found


def check(
    texts: list[str], told: dict[str, list[int | None]], log: list[Any], hooks: Hooks
) -> None:
    """None is lost or sent again once taken, and the log says what the receiver has done."""
    assert sorted(told, key=int) == texts
    assert len({each["event"] for each in log}) == len(log) == len(texts)
    assert {each["state"] for each in log} == {"delivered"}
    unheard = set()
    for text, delivery in zip(texts, log, strict=True):
        if delivery["attempts"] == 1:
            assert (told[text], delivery["status"]) == ([200], 200)
            continue
        whole = hooks.delivery(delivery["id"])
        assert whole["body"]["payload"]["message"] == text
        attempts = [each["response"] and each["response"]["status"] for each in whole["attempts"]]
        answered = list(filter(None, attempts))
        assert answered.index(200) == len(answered) - 1
        # On a busy machine an answer may come too late to count.
        came = iter(told[text])
        assert all(code in came for code in answered)
        reasons = [each["reason"] for each in whole["attempts"]]
        assert [code == 200 for code in attempts] == [reason is None for reason in reasons]
        if len(attempts) > len(told[text]):
            unheard.add(text)
    assert len(unheard) >= RESTARTS * UNHEARD
    # Those that found nobody there came later; all others came in order.
    assert [text for text in told if text not in unheard] == [
        text for text in texts if text not in unheard
    ]
