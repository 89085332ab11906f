"""Hypothesis without deadlines: the tests assert nothing about time."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("without deadline", deadline=None)
settings.load_profile("without deadline")
