"""Faults that delay a response. Times are in milliseconds; the names are WireMock's.

https://wiremock.org/docs/simulating-faults/
"""

import math
import re
from abc import abstractmethod
from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from typing import Any

from mockserver.faults.base import MAX_DELAY, ConnectionHandle, Fault, RawResponse
from mockserver.schema.fields import Range, StrictNumber, integer
from mockserver.schema.schema import ParameterSchema, ValidationError, validates_schema
from mockserver.settings import PATTERNS
from mockserver.storage.seeded_random import SeededRandom

MILLISECONDS = 1000
MAX_CHUNKS = 1000
duration = partial(integer, 0, MAX_DELAY, required=True)  # a parameter in milliseconds


class Delay(Fault):
    """A delay before the request is handled."""

    waits = True

    @abstractmethod
    def milliseconds(self, rng: SeededRandom) -> float:
        """Return the length of the delay of one request."""

    def before_request(self, connection: ConnectionHandle, rng: SeededRandom) -> None:
        connection.wait(min(self.milliseconds(rng), MAX_DELAY) / MILLISECONDS)


class Fixed(Delay):
    """A delay of ``fixedDelayMilliseconds``."""

    type = "fixed"
    parameters = ParameterSchema.with_fields(fixedDelayMilliseconds=duration())

    def milliseconds(self, rng: SeededRandom) -> float:
        return float(self.values["fixedDelayMilliseconds"])


class Uniform(Delay):
    """A random delay from ``lower`` to ``upper``."""

    type = "uniform"

    class Parameters(ParameterSchema):
        lower = duration()
        upper = duration()
        uses_hooks = True

        @validates_schema
        def check_bounds(self, data: Mapping[str, Any], **kwargs: Any) -> None:
            if data["lower"] > data["upper"]:
                message = f"must not be less than lower, {data['lower']}"
                raise ValidationError(message, "upper")

    parameters = Parameters()

    def milliseconds(self, rng: SeededRandom) -> float:
        lower, upper = self.values["lower"], self.values["upper"]
        return float(lower + (upper - lower) * rng.uniform())


class Lognormal(Delay):
    """A lognormal delay with this ``median`` and spread (``sigma``), at most ``maxValue``."""

    type = "lognormal"
    parameters = ParameterSchema.with_fields(
        median=duration(),
        sigma=StrictNumber(validate=Range(0, 10), required=True),
        maxValue=duration(required=False),
    )

    def milliseconds(self, rng: SeededRandom) -> float:
        factor = math.exp(rng.normal() * self.values["sigma"])
        return float(min(self.values["median"] * factor, self.values.get("maxValue", MAX_DELAY)))


class Dribble(Fault):
    """A response sent in ``numberOfChunks`` pieces over ``totalDuration``."""

    type = "dribble"
    waits = True
    parameters = ParameterSchema.with_fields(
        numberOfChunks=integer(1, MAX_CHUNKS, required=True), totalDuration=duration()
    )

    def send(self, response: RawResponse, connection: ConnectionHandle) -> None:
        count = self.values["numberOfChunks"]
        pause = self.values["totalDuration"] / MILLISECONDS / count
        bounds = [len(response.body) * chunk // count for chunk in range(count + 1)]
        connection.send(response.head)
        for start, end in pairwise(bounds):
            connection.wait(pause)
            connection.send(response.body[start:end])


def parse_delay(text: str) -> Delay:
    """Return the delay that the setting ``latency`` describes; raises ``ValueError``.

    ``250`` is fixed, ``100-500`` uniform, ``lognormal:90:0.4:2000`` has a median, a sigma and
    optionally a maximum.
    """
    pattern, expected = PATTERNS["latency"]
    if not text or not re.fullmatch(pattern, text):
        raise ValueError(f"latency: must be {expected}, not {text!r}")
    if text.startswith("lognormal:"):
        median, sigma, *maximum = text.split(":")[1:]
        max_value = int(maximum[0]) if maximum else MAX_DELAY
        return Lognormal(median=int(median), sigma=float(sigma), maxValue=max_value)
    lower, *upper = map(int, text.split("-"))
    if upper:
        lower, higher = sorted((lower, *upper))
        return Uniform(lower=lower, upper=higher)
    return Fixed(fixedDelayMilliseconds=lower)
