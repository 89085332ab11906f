"""What an inbox answers, and how that is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockserver.faults.base import LONGEST
from mockserver.schema.fields import Flag, Text, Whole
from mockserver.schema.schema import Attributes
from mockserver.schema.shorthand import Array, Short

HANG_UP = "hang_up"
MOST_REACTIONS = 1000


def spelled_out(given: Any) -> Any:
    """What ``500`` and ``"hang_up"`` stand for; all else as it is."""
    if given == HANG_UP:
        return {HANG_UP: True}
    if isinstance(given, int | float) and not isinstance(given, bool):
        return {"status": given}
    return given


STATUS = Whole(200, 599)
REACTION = Short(
    Attributes({"status": STATUS, "delay": Whole(0, LONGEST), HANG_UP: Flag()}),
    spelled_out,
    f"a status, '{HANG_UP}', or an object with status and delay",
    [STATUS.json_schema(), {"const": HANG_UP}],
)
#: How an inbox verifies, and answers.
SETTINGS = Attributes({"secret": Text(allow_none=True), "answers": Array(REACTION, MOST_REACTIONS)})


@dataclass(frozen=True)
class Reaction:
    """What one delivery is answered, after ``delay`` milliseconds; with ``hang_up``, nothing."""

    status: int = 200
    delay: int = 0
    hang_up: bool = False

    def to_dict(self) -> dict[str, Any]:
        said = {HANG_UP: True} if self.hang_up else {"status": self.status}
        return {**said, "delay": self.delay}
