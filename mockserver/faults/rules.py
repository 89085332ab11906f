"""The fault rules of a sandbox: which requests a fault applies to, when and how often."""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from mockserver.errors import Conflict, NotFound, Unavailable, join_names
from mockserver.faults import connection, latency, response
from mockserver.faults.base import Fault
from mockserver.journal.matching import TARGET, RequestFacts, Target
from mockserver.schema.compound import Nested, TaggedUnion
from mockserver.schema.fields import Name, Range, StrictNumber, integer
from mockserver.schema.schema import Schema
from mockserver.storage.seeded_random import SeededRandom

MAX_COUNT = 1_000_000_000
MAX_RULES = 1000

FAULT_TYPES: dict[str, type[Fault]] = {
    fault_type.type: fault_type
    for fault_type in (
        response.Error,
        latency.Fixed,
        latency.Uniform,
        latency.Lognormal,
        latency.Dribble,
        connection.ConnectionReset,
        connection.EmptyResponse,
        connection.MalformedChunk,
        connection.RandomData,
        connection.Truncate,
        connection.CommitThenDrop,
        response.SchemaDrift,
        response.PageCap,
    )
}
#: A rule in JSON. It includes the counters, so that a client can send a rule back as received.
RULE = Schema.with_fields(
    id=Name(),
    match=Nested(TARGET),
    after=integer(0, MAX_COUNT),
    times=integer(1, MAX_COUNT, allow_none=True),
    probability=StrictNumber(validate=Range(0, 1)),
    fault=TaggedUnion(
        {name: fault_type.parameters for name, fault_type in FAULT_TYPES.items()}, required=True
    ),
    matched=integer(0, MAX_COUNT),
    applied=integer(0, MAX_COUNT),
)


@dataclass(frozen=True)
class AppliedFault:
    """A fault that applies to a request; ``cause`` is a rule's id, ``Prefer`` or ``--latency``."""

    fault: Fault
    rng: SeededRandom
    cause: str

    def to_dict(self) -> dict[str, Any]:
        return {**self.fault.to_dict(), "cause": self.cause}


@dataclass(kw_only=True)
class FaultRule:
    """A fault and the requests that it applies to.

    The first ``after`` matching requests pass; the fault then applies to each matching request with
    ``probability``, at most ``times`` times (None: no limit).
    """

    id: str
    match: Target
    after: int = 0
    times: int | None = None
    probability: float = 1.0
    fault: Fault
    matched: int = 0
    applied: int = 0
    rng: SeededRandom

    @property
    def is_spent(self) -> bool:
        """True once the fault was applied ``times`` times."""
        return self.applied == self.times

    def applies(self, request: RequestFacts) -> bool:
        """Count the request if it matches, and return whether the fault applies to it."""
        if not self.match(request):
            return False
        self.matched += 1
        if self.matched <= self.after or self.is_spent:
            return False
        if self.probability < 1 and self.rng.uniform() >= self.probability:
            return False
        self.applied += 1
        return True

    def to_dict(self) -> dict[str, Any]:
        """Return the rule in the format of ``RULE``."""
        values = {**vars(self), "match": self.match.to_dict(), "fault": self.fault.to_dict()}
        del values["rng"]
        return values


class FaultRules:
    """An ordered list of rules; the first rule that applies to a request wins. Thread-safe.

    The fault ``always`` applies to every request, in addition to the rules. Each rule has its own
    random stream, derived from ``seed`` and the rule's id.
    """

    def __init__(self, seed: str, always: Fault | None = None) -> None:
        self._seed = seed
        self._always = always
        self._lock = threading.Lock()
        self._start()

    @property
    def is_active(self) -> bool:
        """True if a fault may apply to the next request."""
        return bool(self._rules or self._always)

    def faults_for(
        self, request: RequestFacts, preferred: Sequence[Fault] = ()
    ) -> Sequence[AppliedFault]:
        """Return the faults that apply to a request, in order; ``preferred`` replaces the rules."""
        if not (preferred or self.is_active):  # the usual case
            return ()
        with self._lock:
            faults: list[AppliedFault] = []
            if self._always:
                faults.append(AppliedFault(self._always, self._rng, "--latency"))
            if preferred:
                faults += [AppliedFault(fault, self._rng, "Prefer") for fault in preferred]
            else:
                rule = next((rule for rule in self._rules if rule.applies(request)), None)
                faults += [AppliedFault(rule.fault, rule.rng, rule.id)] if rule else []
            return faults

    def reset(self) -> None:
        """Remove all rules; ids and random streams start again."""
        with self._lock:
            self._start()

    def _start(self) -> None:
        self._rng = SeededRandom(f"{self._seed}/fault")
        self._numbers = count(1)
        self._rules: list[FaultRule] = []

    def list(self) -> list[dict[str, Any]]:
        with self._lock:
            return [rule.to_dict() for rule in self._rules]

    def count_active(self) -> int:
        """Return the number of rules that can still apply."""
        with self._lock:
            return sum(not rule.is_spent for rule in self._rules)

    def add(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Add a rule after the others; raises ``Conflict``, ``Unavailable``."""
        with self._lock:
            self._rules += self._build([values], self._rules)
            return self._rules[-1].to_dict()

    def replace_all(self, rules: Sequence[Mapping[str, Any]]) -> Sequence[dict[str, Any]]:
        """Replace all rules; raises ``Conflict`` or ``Unavailable``, and then changes nothing."""
        with self._lock:
            self._rules = [*self._build(rules, ())]
            return [rule.to_dict() for rule in self._rules]

    def retrieve(self, rule_id: str) -> dict[str, Any]:
        """Return a rule; raises ``NotFound``."""
        with self._lock:
            return self._rules[self._index(rule_id)].to_dict()

    def replace(self, rule_id: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Replace a rule, by default with the same id; raises ``NotFound``, ``Conflict``."""
        with self._lock:
            index = self._index(rule_id)
            others = [rule for rule in self._rules if rule.id != rule_id]
            [rule] = self._build([{"id": rule_id, **values}], others)
            self._rules[index] = rule
            return rule.to_dict()

    def delete(self, rule_id: str) -> None:
        """Delete a rule; raises ``NotFound``."""
        with self._lock:
            del self._rules[self._index(rule_id)]

    def clear(self) -> int:
        """Delete all rules; return their number."""
        with self._lock:
            removed, self._rules = len(self._rules), []
            return removed

    def _index(self, rule_id: str) -> int:
        for index, rule in enumerate(self._rules):
            if rule.id == rule_id:
                return index
        ids = join_names(rule.id for rule in self._rules) or "none"
        raise NotFound(f"unknown fault '{rule_id}'; existing faults: {ids}")

    def _build(
        self, rules: Sequence[Mapping[str, Any]], others: Sequence[FaultRule]
    ) -> Sequence[FaultRule]:
        """Return new rules with ids that are unique among them and ``others``."""
        if len(others) + len(rules) > MAX_RULES:
            raise Unavailable(f"at most {MAX_RULES} faults can exist; delete some first")
        ids = Counter(rule.id for rule in others)
        ids.update(values["id"] for values in rules if "id" in values)
        for rule_id, uses in ids.items():
            if uses > 1:
                raise Conflict(f"the fault '{rule_id}' already exists; replace or delete it")
        # A generated id must differ from all given ids, including the ids of later rules.
        free_ids = (name for n in self._numbers if (name := f"fault_{n}") not in ids)
        built = []
        for values in rules:
            rule_id, parameters = values.get("id") or next(free_ids), dict(values["fault"])
            parts = {
                "id": rule_id,
                "match": Target(**values.get("match", {})),
                "fault": FAULT_TYPES[parameters.pop("type")](**parameters),
                "rng": SeededRandom(f"{self._seed}/fault/{rule_id}"),
            }
            built.append(FaultRule(**{**values, **parts}))
        return built
