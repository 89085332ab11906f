"""Faults that take their time. Times are in milliseconds, and named as in WireMock.

https://wiremock.org/docs/simulating-faults/
"""

from __future__ import annotations

import math
import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from mockserver.faults.base import LONGEST, Fault
from mockserver.faults.raw_response import ConnectionHandle, RawResponse
from mockserver.schema.fields import Number, Whole
from mockserver.schema.schema import Attributes
from mockserver.storage.seeded_random import SeededRandom

SECOND = 1000
#: How a delay is written on a command line; in settings.py too, which refuses what is not one.
FIXED = re.compile(r"[0-9]{1,6}")
UNIFORM = re.compile(r"([0-9]{1,6})-([0-9]{1,6})")
LOGNORMAL = re.compile(r"lognormal:([0-9]{1,6}):([0-9](?:\.[0-9]+)?)(?::([0-9]{1,6}))?")
MOST_CHUNKS = 1000


class Delay(Fault):
    """Waits before the API has its turn."""

    waits = True

    @abstractmethod
    def milliseconds(self, chance: SeededRandom) -> float:
        """How long this time."""

    def before(self, line: ConnectionHandle, chance: SeededRandom) -> None:
        line.wait(min(self.milliseconds(chance), LONGEST) / SECOND)


class Fixed(Delay):
    """Waits for ``fixedDelayMilliseconds`` before the API has its turn."""

    type = "fixed"
    parameters = Attributes(
        {"fixedDelayMilliseconds": Whole(0, LONGEST, required=True)}, noun="parameter"
    )

    def milliseconds(self, chance: SeededRandom) -> float:
        return float(self.values["fixedDelayMilliseconds"])


def in_order(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The rule of what lies between two bounds."""
    if values["lower"] > values["upper"]:
        yield "upper", f"may not be less than lower, {values['lower']}"


class Uniform(Delay):
    """Waits from ``lower`` to ``upper`` milliseconds, each time another while."""

    type = "uniform"
    parameters = Attributes(
        {"lower": Whole(0, LONGEST, required=True), "upper": Whole(0, LONGEST, required=True)},
        noun="parameter",
        rule=in_order,
    )

    def milliseconds(self, chance: SeededRandom) -> float:
        lower, upper = self.values["lower"], self.values["upper"]
        return float(lower + (upper - lower) * chance.uniform())


class Lognormal(Delay):
    """Waits about ``median`` milliseconds, seldom far longer; ``sigma`` says how seldom, and
    ``maxValue`` how long at most."""

    type = "lognormal"
    parameters = Attributes(
        {
            "median": Whole(0, LONGEST, required=True),
            "sigma": Number(0, 10, required=True),
            "maxValue": Whole(0, LONGEST),
        },
        noun="parameter",
    )

    def milliseconds(self, chance: SeededRandom) -> float:
        stretch = math.exp(chance.normal() * self.values["sigma"])
        return float(min(self.values["median"] * stretch, self.values.get("maxValue", LONGEST)))


class Dribble(Fault):
    """Sends the answer in ``numberOfChunks`` pieces, spread over ``totalDuration``."""

    type = "dribble"
    waits = True
    parameters = Attributes(
        {
            "numberOfChunks": Whole(1, MOST_CHUNKS, required=True),
            "totalDuration": Whole(0, LONGEST, required=True),
        },
        noun="parameter",
    )

    def deliver(self, reply: RawResponse, line: ConnectionHandle) -> None:
        chunks = self.values["numberOfChunks"]
        pause = self.values["totalDuration"] / SECOND / chunks
        ends = [len(reply.body) * chunk // chunks for chunk in range(chunks + 1)]
        line.send(reply.head)
        for start, end in pairwise(ends):
            line.wait(pause)
            line.send(reply.body[start:end])


def delay(text: str) -> Delay:
    """The delay that ``250``, ``100-500`` or ``lognormal:90:0.4:2000`` (median, sigma and, if
    wanted, the most) means; raises ``ValueError``."""
    if FIXED.fullmatch(text):
        return Fixed(fixedDelayMilliseconds=int(text))
    if found := UNIFORM.fullmatch(text):
        lower, upper = sorted(map(int, found.groups()))
        return Uniform(lower=lower, upper=upper)
    if found := LOGNORMAL.fullmatch(text):
        median, sigma, most = found.groups()
        return Lognormal(median=int(median), sigma=float(sigma), maxValue=int(most or LONGEST))
    raise ValueError(f"{text!r} is no delay; write 250, 100-500 or lognormal:90:0.4, in ms")
