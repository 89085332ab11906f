"""What production will one day send, and how a receiver should take it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import orjson

from mockserver.checks.webhook.delivery import Delivery, encoded, signed
from mockserver.checks.webhook.sample_events import Talk
from mockserver.faults.schema_drift import EVENT, add_drift
from mockserver.storage.ids import digest_id
from mockserver.storage.world import Event

PLAIN = "Bring a ladder. I have a plan, and it needs a ladder."
LETTERS = "Grüße aus Paris, 林美玲! \U0001fa9c\U0001f1eb\U0001f1f7"
LARGE = 1_000_000


@dataclass(frozen=True)
class Check:
    """Deliveries that are all ``welcome``, or all to be refused.

    ``thing`` is what they are, in the words of a finding, and ``why`` what else a finding says.
    Where one of the checks in ``rests_on`` went wrong in the same way, this one says nothing new.
    """

    name: str
    sent: str
    thing: str
    fix: str
    deliveries: Sequence[Delivery]
    welcome: bool = True
    why: str = ""
    rests_on: tuple[str, ...] = ("good",)

    @property
    def is_first(self) -> bool:
        """Whether all others rest on it."""
        return not self.rests_on


def checks(secret: str, seed: str) -> list[Check]:
    """All of them, for a receiver that knows ``secret``; the first is what is sent most."""
    talk = Talk(seed)
    good = signed(encoded(talk.said(PLAIN)), secret)
    return [*_everyday(talk, secret, good), *_forged(talk, secret, good), *_rare(talk, secret)]


def _everyday(talk: Talk, secret: str, good: Delivery) -> list[Check]:
    spaced = json.dumps(talk.said(PLAIN)._asdict(), indent=2).encode()
    return [
        Check(
            "good",
            "message.created, as the reference has it",
            "a good delivery",
            "compare x-protocol-signature with the hexadecimal HMAC-SHA256 of the body, keyed with "
            "this webhook's secret, and answer 200",
            [good],
            rests_on=(),
        ),
        Check(
            "exact bytes",
            "letters beyond ASCII; JSON with line breaks",
            "a body that is spelled in another way",
            "verify the bytes as they came, before they are parsed: JSON that is written again has "
            "other bytes",
            [signed(encoded(talk.said(LETTERS)), secret), signed(spaced, secret)],
        ),
    ]


def _forged(talk: Talk, secret: str, captured: Delivery) -> list[Check]:
    """What others send who know no secret, but may have seen a delivery."""
    body = encoded(talk.said(PLAIN))
    return [
        Check(
            "unsigned",
            "no x-protocol-signature",
            "an unsigned delivery",
            "answer 401 where x-protocol-signature is missing",
            [Delivery(body, None)],
            welcome=False,
        ),
        Check(
            "other secret",
            "signed with another webhook's secret",
            "a delivery signed with another secret",
            "answer 401 unless the signature is what your own secret gives; that there is one "
            "proves nothing",
            [signed(body, f"not {secret}")],
            welcome=False,
            rests_on=("good", "unsigned"),
        ),
        Check(
            "tampered",
            "the signature of the first delivery, and another body",
            "a tampered delivery",
            "compute the signature anew from each body; one that was right before proves nothing",
            [replace(captured, body=body)],
            welcome=False,
            rests_on=("good", "unsigned", "other secret"),
        ),
    ]


def _rare(talk: Talk, secret: str) -> list[Check]:
    twice = signed(encoded(talk.said(PLAIN)), secret)
    created = talk.said(PLAIN)
    updated = talk.edited(created, "Never mind the ladder.")
    novel = Event(digest_id(f"{EVENT}/{created.id}"), EVENT, talk.said(PLAIN).payload)
    larger = add_drift(talk.said(PLAIN)._asdict())
    repeated = f"{LETTERS} "
    large = encoded(talk.said(repeated * (LARGE // len(repeated.encode()) + 1)))
    slow = signed(encoded(talk.said(PLAIN)), secret)
    return [
        Check(
            "duplicated",
            "one event, twice",
            "a duplicate",
            "keep the ids of events that are done, and answer 200 to one that comes again",
            [twice, twice],
            why="a delivery that is not answered in time comes again",
        ),
        Check(
            "out of order",
            "message.updated before its message.created",
            "events out of order",
            "take an update of what is not known as news of it: its payload is the whole object",
            [signed(encoded(updated), secret), signed(encoded(created), secret)],
            why="one that is retried comes late",
        ),
        Check(
            "unknown type",
            f"an event of the type {EVENT}",
            "an event of an unknown type",
            "answer 200 to types that you do not know, and ignore them",
            [signed(encoded(novel), secret)],
            why="tomorrow's API will send some",
        ),
        Check(
            "unknown attributes",
            "attributes that nobody knows, in another order",
            "unknown attributes",
            "ignore attributes that you do not know, and rely on no order",
            [signed(orjson.dumps(larger), secret)],
            why="tomorrow's API will send some",
        ),
        Check(
            "large",
            f"a message of {LARGE // 1_000_000} MB",
            "a large delivery",
            "raise the size limit for bodies of your receiver, and of any proxy before it",
            [signed(large, secret)],
            why="the API sets no limit to a message",
            rests_on=("good", "exact bytes"),
        ),
        Check(
            "slow",
            "the body piece by piece",
            "a delivery that arrives slowly",
            "read on until all of Content-Length is there, and be more patient between pieces",
            [replace(slow, slowly=True)],
            why="networks stutter",
        ),
    ]
