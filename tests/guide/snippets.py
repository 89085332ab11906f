"""The code snippets of the README, the guide and the documents for contributors.

A fence says in its first line what a test needs to know, such as ``status=201``. Attributes:

- ``status=201,200``: the statuses that the curl commands of the snippet get (200 if absent);
- ``file=NAME``: the command runs in a folder with the document's files, and must succeed;
- ``install``: sets up a checkout; ``.ci/run`` runs it;
- ``fixtures``, ``bots-script``, ``ready``, ``example``: what a JSON snippet is.

A snippet whose first line is a comment with a filename is a file.
"""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "mockserver" / "guide"
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / ".github" / "CONTRIBUTING.md",
    ROOT / "mockserver" / "ARCHITECTURE.md",
    *sorted(GUIDE.glob("*.md")),
]

FENCE = re.compile(r"^```(\w+)( [^\n]*)?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FILENAME = re.compile(r"(?:#!.*\n)?(?://|#|<!--) ([\w-]+(?:\.\w+)+)(?: -->)?\n")


class Snippet(NamedTuple):
    """One fenced block."""

    document: str
    line: int
    language: str
    attributes: dict[str, str]
    code: str

    @property
    def filename(self) -> str | None:
        """The name of the file that the snippet is; None if it is none."""
        match = FILENAME.match(self.code)
        return match[1] if match else None

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"


class Document:
    """A text in Markdown."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text

    @classmethod
    def read(cls, path: Path) -> Document:
        return cls(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))

    @cached_property
    def snippets(self) -> list[Snippet]:
        """All fenced blocks."""
        return [
            Snippet(
                self.name,
                self.text.count("\n", 0, match.start()) + 1,
                match[1],
                dict(word.partition("=")[::2] for word in (match[2] or "").split()),
                match[3],
            )
            for match in FENCE.finditer(self.text)
        ]

    @property
    def files(self) -> dict[str, str]:
        """The snippets that are files, by name."""
        return {snippet.filename: snippet.code for snippet in self.snippets if snippet.filename}

    def write(self, folder: Path, *names: str) -> None:
        """Write the files of these names, all if there are none, into a folder."""
        for name in names or self.files:
            (folder / name).write_text(self.files[name], encoding="utf-8")

    def command(self, words: str) -> str:
        """Return the one command line that contains these words."""
        (command,) = (s.code for s in self.snippets if s.language == "sh" and words in s.code)
        assert command.count("\n") == 1, command
        return command

    def table(self, heading: str) -> list[str]:
        """Return the code words that begin the rows of a section's table."""
        section = self.text.split(f"## {heading}\n")[1].split("\n## ")[0]
        rows = re.findall(r"^\| ((?:`[\w-]+`(?:, )?)+) \|", section, re.MULTILINE)
        return [name for row in rows for name in re.findall(r"[\w-]+", row)]


def documents() -> list[Document]:
    return [Document.read(path) for path in DOCUMENTS]


def guide_page(name: str) -> Document:
    """Return a page of the guide by its name, such as ``faults``."""
    return Document.read(GUIDE / f"{name}.md")


def all_snippets(language: str) -> list[Snippet]:
    """Return the snippets of a language that are no files."""
    return [
        snippet
        for document in documents()
        for snippet in document.snippets
        if snippet.language == language and not snippet.filename
    ]
