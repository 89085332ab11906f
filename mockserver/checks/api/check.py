"""A check: one rule, and the function that tries it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mockserver.checks.api.api_client import ConformanceClient
from mockserver.checks.api.http import short, show
from mockserver.checks.api.rows import DOCUMENTED, Basis, Drift


@dataclass(frozen=True)
class Check:
    """``run`` raises ``Drift`` where the rule is not kept.

    Where one that it ``rests_on`` (the ``expected`` of the same ``where``) is not kept, it would
    say the same again, so it is not run.
    """

    where: str
    expected: str
    run: Callable[[ConformanceClient], None]
    basis: Basis = DOCUMENTED
    rests_on: tuple[str, ...] = ()


def same(what: str, found: Any, wanted: Any) -> None:
    """Check that ``found``, called ``what``, is ``wanted``; raises ``Drift``."""
    if found != wanted or type(found) is not type(wanted):
        raise Drift(f"{what} is {show(found)}, not {show(wanted)}")


def holds(fine: object, found: str) -> None:
    """Raises ``Drift`` with what was found, unless it is fine."""
    if not fine:
        raise Drift(short(found))
