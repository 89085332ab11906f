"""The README's recipes: the commands, and the snippets that are files, each with its name in a
comment at its top."""

from __future__ import annotations

import re
from pathlib import Path

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NAME = re.compile(r"(?:#!.*\n)?(?://|#|<!--) ([\w-]+(?:\.\w+)+)(?: -->)?\n")


class Snippets:
    """What a text in Markdown shows as code."""

    def __init__(self, text: str) -> None:
        self.fences: list[tuple[str, str]] = FENCE.findall(text)

    @property
    def files(self) -> dict[str, str]:
        """The snippets that are files, by name."""
        found = ((NAME.match(code), code) for _, code in self.fences)
        return {name[1]: code for name, code in found if name}

    def write(self, folder: Path, *names: str) -> None:
        """Put files of these names into a folder."""
        for name in names:
            (folder / name).write_text(self.files[name], encoding="utf-8")

    def command(self, words: str) -> str:
        """The one command line that has these words."""
        (found,) = (code for kind, code in self.fences if kind == "sh" and words in code)
        assert found.count("\n") == 1, found
        return found
