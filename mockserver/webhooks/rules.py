"""Delivery rules: hold, drop, corrupt, duplicate, delay or shuffle deliveries.

The order of shuffled deliveries depends on the seed alone, not on the speed of threads.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.schema import wildcard
from mockserver.schema.compound import List, Nested, TaggedUnion
from mockserver.schema.fields import MAX_TIMESTAMP, Length, integer
from mockserver.schema.schema import ParameterSchema, Schema
from mockserver.storage.seeded_random import SeededRandom
from mockserver.webhooks.models import EVENT_TYPES, Delivery

ACTIONS = {
    "hold": ParameterSchema(),
    "drop": ParameterSchema(),
    "corrupt": ParameterSchema(),
    #: Send the delivery ``times`` more times, one after the other.
    "duplicate": ParameterSchema.with_fields(times=integer(1, 100, required=True)),
    #: Send the delivery ``seconds`` later, on the sandbox's clock.
    "delay": ParameterSchema.with_fields(seconds=integer(0, MAX_TIMESTAMP, required=True)),
    #: Let up to ``window`` later deliveries overtake the delivery.
    "shuffle": ParameterSchema.with_fields(window=integer(1, 1000, required=True)),
}

RULE = Schema.with_fields(
    events=EVENT_TYPES,
    action=TaggedUnion(ACTIONS, required=True),
)
RULES = List(Nested(RULE), required=True, validate=Length(min=0, max=1000))


@dataclass(frozen=True, kw_only=True)
class DeliveryRule:
    """An action for the deliveries of some event types, or of patterns such as ``message.*``."""

    events: Sequence[str] = ("*",)
    action: Mapping[str, Any]

    def matches(self, event_type: str) -> bool:
        return any(wildcard.matches(event_type, pattern) for pattern in self.events)


class DeliveryRules:
    """The delivery rules of a sandbox, and the deliveries that a shuffle rule keeps back."""

    def __init__(self, seed: str) -> None:
        self._random = SeededRandom(f"{seed}/delivery-rules")
        self._shuffled: list[tuple[float, int, Delivery]] = []
        self._rules: Sequence[DeliveryRule] = ()

    def list(self) -> Sequence[DeliveryRule]:
        """Return the rules in order; the first that matches an event's type applies."""
        return self._rules

    def replace(self, rules: Sequence[DeliveryRule]) -> None:
        self._rules = tuple(rules)

    def clear(self) -> int:
        """Remove all rules; return how many there were."""
        removed, self._rules = len(self._rules), ()
        return removed

    def action(self, event_type: str) -> Mapping[str, Any] | None:
        """Return the action of the first rule that matches ``event_type``."""
        return next((rule.action for rule in self._rules if rule.matches(event_type)), None)

    def shuffle(self, delivery: Delivery, window: int) -> None:
        """Keep ``delivery`` back, so that up to ``window`` later deliveries may overtake it."""
        position = delivery.number + (window + 1) * self._random.uniform()
        heapq.heappush(self._shuffled, (position, delivery.number, delivery))

    def pop_shuffled(self, number: float) -> Iterator[Delivery]:
        """Remove and yield the deliveries with a position of at most ``number``."""
        while self._shuffled and self._shuffled[0][0] <= number:
            yield heapq.heappop(self._shuffled)[2]
