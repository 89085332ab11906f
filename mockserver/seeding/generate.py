"""Fixture documents of any size, with plausible data. Equal counts and seeds give equal bytes.

The text is that of `json.dumps(document, indent=1, ensure_ascii=False)`, but written in parts: a
million messages need only a few bytes of memory each.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

from mockserver.seeding.population import Counts, Population, Record

__all__ = ["NOW", "Counts", "generate", "write"]

NOW = 1_767_225_600  # 2026-01-01 00:00:00 UTC: fixed, so that the bytes do not change every day
BATCH = 500  # objects in a part of the text: about 200 kB


def generate(counts: Counts, seed: int | str, *, now: int = NOW) -> Iterator[str]:
    """Return the parts of the document's text; ``now`` is in Unix seconds.

    Raises ValueError at once for impossible counts or times.
    """
    return (text for text, _ in _document(Population(counts, seed, now)) if text)


def write(
    file: Path,
    counts: Counts,
    seed: int | str,
    progress: Callable[[int], object] = lambda steps: None,
) -> None:
    """Write the document to a file. If that fails, the file stays as it was.

    ``progress`` is called from time to time with the number of steps since the last call, of
    `Counts.steps` in total.
    """
    parts = _document(Population(counts, seed, NOW))
    partial = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with partial.open("w", encoding="utf-8", newline="\n") as out:
            for text, steps in parts:
                out.write(text)
                progress(steps)
        os.replace(partial, file)
    finally:
        partial.unlink(missing_ok=True)


def _document(population: Population) -> Iterator[tuple[str, int]]:
    """Yield the parts of the text, which may be empty, each with its number of steps."""
    for indices in _batches(range(population.counts.messages)):
        population.link_messages(indices)
        yield "", len(indices)
    for indices in _batches(range(population.counts.attachments)):
        population.link_attachments(indices)
        yield "", len(indices)
    yield f'{{\n "version": 1,\n "now": {population.now},\n "user": "{population.user["id"]}"', 0
    for name, records in population.sections():
        yield from _array(name, records)
    yield "\n}\n", 0


def _array(name: str, records: Iterable[Record]) -> Iterator[tuple[str, int]]:
    encode = json.JSONEncoder(indent=1, ensure_ascii=False).encode
    opening = f',\n "{name}": ['
    before, after = f"{opening}\n  ", f"{opening}]"
    for batch in _batches(records):
        # Strings have their newlines escaped, so this indents the layout only.
        text = ",\n".join(map(encode, batch)).replace("\n", "\n  ")
        yield before + text, len(batch)
        before, after = ",\n  ", "\n ]"
    yield after, 0


T = TypeVar("T")


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    remaining = iter(items)
    while batch := list(islice(remaining, BATCH)):
        yield batch
