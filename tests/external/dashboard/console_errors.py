"""Console errors that chromium logs for responses which a test provokes on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.external.dashboard.conftest import Visit

LOADED = "Failed to load resource: "


def expect_console_errors(visit: Visit, *statuses: int) -> None:
    """Require a console error for each status (0: no response) and remove it from the list."""
    for status in statuses:
        start = f"{LOADED}the server responded with a status of {status} "
        start = start if status else f"{LOADED}net::"
        expected = [error for error in visit.console_errors if error.startswith(start)]
        assert expected, (status, visit.console_errors)
        visit.console_errors[:] = [error for error in visit.console_errors if error not in expected]
