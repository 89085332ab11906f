"""Fixture documents: their format, loading them into worlds, and generating plausible ones."""
