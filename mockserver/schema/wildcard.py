"""Patterns in which ``*`` stands for any characters."""

import re

from mockserver.schema.fields import PatternString


class Wildcard(PatternString):
    """A pattern. Its length is limited, as it may be compared with thousands of texts."""

    expected = "a text or pattern of 1 to 1000 characters"
    pattern = re.compile(r"[\s\S]{1,1000}")


def matches(text: str, pattern: str) -> bool:
    """Return whether the whole text matches the pattern.

    Unlike ``fnmatch``, it compiles nothing, and no cache keeps thousands of patterns.
    """
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    *middle, last = rest
    position = len(first)
    end = len(text) - len(last)
    if not (text.startswith(first) and text.endswith(last) and position <= end):
        return False
    for part in middle:
        found = text.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True
