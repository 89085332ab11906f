"""What chromium's console says of answers that were meant to be refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.external.dashboard.conftest import Visit

LOADED = "Failed to load resource: "


def excuse(visit: Visit, *statuses: int) -> None:
    """Take it from the complaints for these statuses; 0 is no answer at all. Each has been told."""
    for status in statuses:
        said = f"{LOADED}the server responded with a status of {status} "
        said = said if status else f"{LOADED}net::"
        told = [each for each in visit.complaints if each.startswith(said)]
        assert told, (status, visit.complaints)
        visit.complaints[:] = [each for each in visit.complaints if each not in told]
