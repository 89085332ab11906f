"""Documents of fixtures of any size: plausible, and the same for the same counts and seed.

The text is the one that `json.dumps(document, indent=1, ensure_ascii=False)` would give, written
piece by piece: a million messages take no more memory than a few bytes each.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

from mockserver.seeding.population import USER, YEAR, Counts, Population, Record

__all__ = ["NOW", "Counts", "generate", "write"]

NOW = 1_767_225_600  # 2026-01-01 00:00:00 UTC: a fixed time, so that the same bytes come each day
EARLIEST = 6 * YEAR  # the oldest contact is so old, in seconds, and no timestamp may be negative
BATCH = 500  # objects in a piece of text: some 200 kB


def generate(counts: Counts, seed: int | str, *, now: int = NOW) -> Iterator[str]:
    """The document, as pieces of its text; ``now`` is in Unix seconds.

    Counts that no document can have raise ValueError at once.
    """
    return (text for text, _ in _pieces(counts, seed, now) if text)


def write(
    file: Path,
    counts: Counts,
    seed: int | str,
    progress: Callable[[int], None] | None = None,
    *,
    now: int = NOW,
) -> None:
    """Write the document to a file, which is either complete in the end or left as it was.

    ``progress`` is told now and then how many steps were made since; `Counts.steps` is their sum.
    """
    pieces = _pieces(counts, seed, now)
    partial = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with partial.open("w", encoding="utf-8", newline="\n") as out:
            for text, steps in pieces:
                out.write(text)
                if progress:
                    progress(steps)
        os.replace(partial, file)
    finally:
        partial.unlink(missing_ok=True)


def _pieces(counts: Counts, seed: int | str, now: int) -> Iterator[tuple[str, int]]:
    """Pieces of text, which may be empty, each with the steps that it took."""
    counts.check()
    if now < EARLIEST:
        raise ValueError(f"now is {now}, but must be at least {EARLIEST}: the world is 6 years old")
    return _document(Population(counts, seed, now))


def _document(population: Population) -> Iterator[tuple[str, int]]:
    for indices in _batches(range(population.counts.messages)):
        population.tally_messages(indices)
        yield "", len(indices)
    for indices in _batches(range(population.counts.attachments)):
        population.tally_attachments(indices)
        yield "", len(indices)
    yield f'{{\n "version": 1,\n "now": {population.now},\n "user": "{USER["id"]}"', 0
    yield from _array("contacts", population.contacts())
    yield from _array("groups", population.groups())
    yield from _array("conversations", population.conversations())
    yield from _array("messages", population.messages())
    yield from _array("attachments", population.attachments())
    yield "\n}\n", 0


def _array(name: str, records: Iterable[Record]) -> Iterator[tuple[str, int]]:
    encode = json.JSONEncoder(indent=1, ensure_ascii=False).encode
    yield f',\n "{name}": [', 0
    before, after = "\n  ", "]"
    for batch in _batches(records):
        # Each newline is layout, for in a string it is escaped: so a replacement indents.
        text = ",\n".join(map(encode, batch)).replace("\n", "\n  ")
        yield before + text, len(batch)
        before, after = ",\n  ", "\n ]"
    yield after, 0


T = TypeVar("T")


def _batches(things: Iterable[T]) -> Iterator[list[T]]:
    remaining = iter(things)
    while batch := list(islice(remaining, BATCH)):
        yield batch
