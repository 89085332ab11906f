"""How a line is written: ``{name}`` is who is spoken to, and of ``{a|b}`` one is said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

BRACES = re.compile(r"\{([^{}]*)\}")
NAME = "name"


def worded(line: str, name: str, pick: Callable[[int], int]) -> str:
    """The line as it is said to ``name``; ``pick`` chooses one of so many."""

    def said(found: re.Match[str]) -> str:
        if found[1] == NAME:
            return name
        ways = found[1].split("|")
        return ways[pick(len(ways))]

    return BRACES.sub(said, line) if "{" in line else line


def misspelt(line: str) -> Iterator[str]:
    """What is wrong with how a line is written."""
    for inside in BRACES.findall(line):
        if inside != NAME and "|" not in inside:
            yield f"'{{{inside}}}' is neither {{name}} nor a choice such as {{yes|no}}"
    if re.search(r"[{}]", BRACES.sub("", line)):
        yield "a brace is open, or one in another; write {name} or {yes|no}"


def called(username: str, display_name: str | None) -> str:
    """How somebody is addressed: by the first of their names."""
    if display_name:
        return display_name.split()[0] if display_name.split() else display_name
    found = re.match(r"[A-Z][^\W\d_A-Z]+", username)
    return found[0] if found else username
