"""What is said of a name that nobody knows."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches


def unknown(noun: str, name: str, known: Collection[str]) -> str:
    """``unknown setting 'sed'; did you mean 'seed'?``"""
    near = get_close_matches(name, known, 1)
    hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(known)}"
    return f"unknown {noun} '{name}'; {hint}"
