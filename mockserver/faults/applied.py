"""What one request is hit by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockserver.faults.base import Fault
from mockserver.storage.seeded_random import SeededRandom

BY_PREFERENCE, BY_SETTING = "Prefer", "--latency"


@dataclass(frozen=True)
class AppliedFault:
    """A fault, the stream that it rolls, and its cause: a rule's id, or one of the above."""

    fault: Fault
    chance: SeededRandom
    cause: str

    def shown(self) -> dict[str, Any]:
        return {**self.fault.shown(), "cause": self.cause}
