"""The conductor: has deliveries come late, twice, in disorder, forged, one at a time or never.

The same seed gives the same disorder: nothing here depends on how fast anybody is.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from mockserver.schema.fields import LATEST, Whole
from mockserver.schema.schema import Attributes
from mockserver.schema.string_list import Texts
from mockserver.schema.variant import Variant
from mockserver.storage.seeded_random import SeededRandom
from mockserver.webhooks.delivery import Delivery

ACTIONS = {
    #: It waits until it is let go by a step.
    "hold": Attributes({}, noun="parameter"),
    #: It is never sent.
    "drop": Attributes({}, noun="parameter"),
    #: Its signature is wrong.
    "corrupt": Attributes({}, noun="parameter"),
    #: It is sent ``times`` more, one after the other.
    "duplicate": Attributes({"times": Whole(1, 100, required=True)}, noun="parameter"),
    #: It is sent ``seconds`` later, on the sandbox's clock.
    "delay": Attributes({"seconds": Whole(0, LATEST, required=True)}, noun="parameter"),
    #: It may be overtaken by those that come within ``window`` deliveries after it.
    "shuffle": Attributes({"window": Whole(1, 1000, required=True)}, noun="parameter"),
}
RULE = Attributes({"events": Texts(), "action": Variant(ACTIONS, required=True)})


@dataclass(frozen=True)
class Rule:
    """What is done to the deliveries of some types of events."""

    events: Sequence[str]
    action: Mapping[str, Any]

    def covers(self, event_type: str) -> bool:
        return any(fnmatchcase(event_type, each) for each in self.events)

    def shown(self) -> dict[str, Any]:
        return {"events": list(self.events), "action": dict(self.action)}


class DeliveryInterceptor:
    """The rules, the first that covers an event wins; and the deliveries that are mixed up."""

    def __init__(self, seed: str) -> None:
        self._chance = SeededRandom(f"{seed}/conductor")
        self._mixed: list[tuple[float, int, Delivery]] = []
        self.rules: Sequence[Rule] = ()

    def action(self, event_type: str) -> Mapping[str, Any] | None:
        """What is to be done with a delivery of this type of event."""
        return next((rule.action for rule in self.rules if rule.covers(event_type)), None)

    def mix(self, delivery: Delivery, window: int) -> None:
        """Have ``delivery`` overtaken by up to ``window`` that come after it."""
        place = delivery.number + (window + 1) * self._chance.uniform()
        heapq.heappush(self._mixed, (place, delivery.number, delivery))

    def mixed(self, number: float) -> Iterator[Delivery]:
        """Those that nobody can overtake any more, now that the delivery ``number`` has come."""
        while self._mixed and self._mixed[0][0] <= number:
            yield heapq.heappop(self._mixed)[2]
