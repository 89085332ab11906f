"""How a server delivers webhooks; all that a start needs to know of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: How a schedule is written on a command line; empty for no retries.
SCHEDULE = re.compile(r"(?:[0-9]{1,9}(?:,[0-9]{1,9}){0,19})?")


@dataclass(frozen=True)
class WebhookConfig:
    """How a server delivers: ``seconds`` bound an attempt, ``retries`` are seconds after the
    event, ``hosts`` are allowed beside loopback, ``given`` are in every sandbox from its start.
    """

    seconds: float = 5.0
    retries: Sequence[int] = (5, 300, 1800, 7200, 18_000, 36_000)
    hosts: Sequence[str] = ()
    standard: bool = False
    given: Sequence[Mapping[str, object]] = ()


def schedule(text: str) -> tuple[int, ...]:
    """The seconds after its event at which an attempt follows; raises ``ValueError``."""
    if not SCHEDULE.fullmatch(text):
        raise ValueError(f"{text!r} is no schedule; write seconds, as in 5,300,1800")
    return tuple(sorted(int(each) for each in text.split(",") if each))
