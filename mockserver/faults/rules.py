"""The rules of a sandbox: which requests something goes wrong with, when, and how often."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from mockserver.errors import Conflict, NotFound, Unavailable
from mockserver.faults.applied import BY_PREFERENCE, BY_SETTING, AppliedFault
from mockserver.faults.base import Fault
from mockserver.faults.registry import FAULT, fault_of
from mockserver.journal.matching import TARGET, Request, Target
from mockserver.schema.fields import Number, Text, Whole
from mockserver.schema.nested import Nested
from mockserver.schema.schema import Attributes
from mockserver.storage.seeded_random import SeededRandom

MANY = 1_000_000_000
MOST_RULES = 1000
COUNTED = ("after", "times", "probability", "matched", "applied")

#: What is shown can be put back as it is, counters included.
RULE = Attributes(
    {
        "id": Text(),
        "match": Nested(TARGET),
        "after": Whole(0, MANY),
        "times": Whole(1, MANY, allow_none=True),
        "probability": Number(0, 1),
        "fault": FAULT,
        "matched": Whole(0, MANY),
        "applied": Whole(0, MANY),
    }
)


@dataclass
class Rule:
    """When a fault is due.

    Of the requests that match, the first ``after`` pass; of the others each is hit with
    ``probability``, until ``times`` of them were (None: for ever).
    """

    id: str
    match: Target
    fault: Fault
    chance: SeededRandom
    after: int = 0
    times: int | None = None
    probability: float = 1.0
    matched: int = 0
    applied: int = 0

    def is_due(self, request: Request) -> bool:
        """Whether this request is hit; it is counted."""
        if not self.match(request):
            return False
        self.matched += 1
        if self.matched <= self.after or self.applied == self.times:
            return False
        if self.probability < 1 and self.chance.uniform() >= self.probability:
            return False
        self.applied += 1
        return True

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "match": self.match.shown(),
            "after": self.after,
            "times": self.times,
            "probability": self.probability,
            "fault": self.fault.shown(),
            "matched": self.matched,
            "applied": self.applied,
        }


class FaultRules:
    """The rules in their order; the first that is due wins. Safe for threads.

    ``always`` hits every request, whatever the rules say. Each rule rolls a stream of its own,
    derived from ``seed`` and its id.
    """

    def __init__(self, seed: str, always: Fault | None = None) -> None:
        self._always = always
        self._lock = threading.Lock()
        self._seed = seed
        self._start()

    def faults_for(
        self, request: Request, preferred: Sequence[Fault] = ()
    ) -> Sequence[AppliedFault]:
        """What a request is hit by, in order; what it prefers itself goes before the rules."""
        if not (self._rules or self._always or preferred):  # as nearly always
            return ()
        with self._lock:
            chosen: list[AppliedFault] = []
            if self._always:
                chosen.append(AppliedFault(self._always, self._chance, BY_SETTING))
            if preferred:
                chosen += [AppliedFault(fault, self._chance, BY_PREFERENCE) for fault in preferred]
            else:
                rule = next((rule for rule in self._rules if rule.is_due(request)), None)
                chosen += [AppliedFault(rule.fault, rule.chance, rule.id)] if rule else []
            return chosen

    def reset(self) -> None:
        """Remove all rules; ids and random streams start again."""
        with self._lock:
            self._start()

    def _start(self) -> None:
        self._chance = SeededRandom(f"{self._seed}/fault")
        self._numbers = count(1)
        self._rules: Sequence[Rule] = ()

    def list(self) -> list[dict[str, Any]]:
        with self._lock:
            return [rule.shown() for rule in self._rules]

    def add(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Add a rule after the others; raises ``Conflict``, ``Unavailable``."""
        with self._lock:
            [rule] = self._made([values], self._rules)
            self._rules = [*self._rules, rule]
            return rule.shown()

    def replace_all(self, many: Sequence[Mapping[str, Any]]) -> Sequence[dict[str, Any]]:
        """These in place of all others; raises as ``add`` does, and then nothing is replaced."""
        with self._lock:
            self._rules = self._made(many, ())
            return [rule.shown() for rule in self._rules]

    def retrieve(self, rule_id: str) -> dict[str, Any]:
        """Raises ``NotFound``, as the next two do."""
        with self._lock:
            return self._rules[self._place(rule_id)].shown()

    def replace(self, rule_id: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Another in its place, with its id unless a new one is given; it counts from zero."""
        with self._lock:
            place = self._place(rule_id)
            others = [*self._rules[:place], *self._rules[place + 1 :]]
            [rule] = self._made([{"id": rule_id, **values}], others)
            self._rules = [*self._rules[:place], rule, *self._rules[place + 1 :]]
            return rule.shown()

    def delete(self, rule_id: str) -> None:
        with self._lock:
            place = self._place(rule_id)
            self._rules = [*self._rules[:place], *self._rules[place + 1 :]]

    def clear(self) -> int:
        """Without any; returns how many there were."""
        with self._lock:
            gone, self._rules = len(self._rules), ()
            return gone

    def _place(self, rule_id: str) -> int:
        for place, rule in enumerate(self._rules):
            if rule.id == rule_id:
                return place
        known = ", ".join(rule.id for rule in self._rules) or "none"
        raise NotFound(f"there is no fault '{rule_id}'; there are: {known}")

    def _made(self, many: Sequence[Mapping[str, Any]], others: Sequence[Rule]) -> Sequence[Rule]:
        """New rules beside ``others``, each with an id that no other has."""
        if len(others) + len(many) > MOST_RULES:
            raise Unavailable(f"there may be {MOST_RULES} faults at once; delete some first")
        named = Counter(each.id for each in others)
        named.update(values["id"] for values in many if "id" in values)
        for rule_id, times in named.items():
            if times > 1:
                raise Conflict(f"there is a fault '{rule_id}' already; replace it, or delete it")
        # Those with a name have it before a number is looked for that is free.
        return [self._rule(values.get("id") or self._new_id(named), values) for values in many]

    def _rule(self, rule_id: str, values: Mapping[str, Any]) -> Rule:
        given = {name: values[name] for name in COUNTED if name in values}
        return Rule(
            rule_id,
            Target(**values.get("match", {})),
            fault_of(values["fault"]),
            SeededRandom(f"{self._seed}/fault/{rule_id}"),
            **given,
        )

    def _new_id(self, taken: Collection[str]) -> str:
        return next(name for n in self._numbers if (name := f"fault_{n}") not in taken)
