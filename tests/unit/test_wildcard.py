"""A pattern matches as in `fnmatch`, if `*` is its only wildcard."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.schema import wildcard

TEXTS = st.text("ab.", max_size=8)


@given(text=TEXTS, pattern=st.text("ab.*", max_size=8))
def test_a_pattern_matches_as_in_fnmatch(text: str, pattern: str) -> None:
    assert wildcard.matches(text, pattern) == fnmatchcase(text, pattern)


@pytest.mark.parametrize("character", "?[]!\\")
def test_only_the_asterisk_is_a_wildcard(character: str) -> None:
    assert wildcard.matches(f"a{character}b", f"a{character}*")
    assert not wildcard.matches("aab", f"a{character}b")
