"""Fixture documents of any size, with plausible data. Equal counts and seeds give equal bytes.

The text equals that of `json.dumps(document, indent=1, ensure_ascii=False)`, but is written in
parts, so that a message takes only a few bytes of memory.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, BinaryIO

from mockserver.seeding.population import NOW, Counts, Population, Record

__all__ = ["Counts", "generate", "write"]

BATCH = 500  # number of objects in a part of the text, which is then about 200 kB long


def generate(counts: Counts, seed: int | str) -> Iterator[str]:
    """Return the parts of the document's text; raise ValueError at once for impossible counts."""
    return (text for text, _ in _document(Population(counts, seed)) if text)


def write(
    file: BinaryIO,
    counts: Counts,
    seed: int | str,
    progress: Callable[[int], object] = lambda steps: None,
) -> None:
    """Write the document to a binary file.

    ``progress`` is called repeatedly with the number of steps since the last call; the total is
    `Counts.steps`.
    """
    for text, steps in _document(Population(counts, seed)):
        file.write(text.encode())
        progress(steps)


def _document(population: Population) -> Iterator[tuple[str, int]]:
    """Yield each part of the text with its number of steps; a part may be empty."""
    for indices in _batches(range(population.counts.messages)):
        population.link_messages(indices)
        yield "", len(indices)
    for indices in _batches(range(population.counts.attachments)):
        population.link_attachments(indices)
        yield "", len(indices)
    yield f'{{\n "version": 1,\n "now": {NOW},\n "user": "{population.user["id"]}"', 0
    for name, records in population.sections():
        yield from _array(name, records)
    yield "\n}\n", 0


def _array(name: str, records: Iterable[Record]) -> Iterator[tuple[str, int]]:
    encode = json.JSONEncoder(indent=1, ensure_ascii=False).encode
    opening = f',\n "{name}": ['
    before, after = f"{opening}\n  ", f"{opening}]"
    for batch in _batches(records):
        # In a string, JSON escapes newlines, so this changes only the indentation.
        text = ",\n".join(map(encode, batch)).replace("\n", "\n  ")
        yield before + text, len(batch)
        before, after = ",\n  ", "\n ]"
    yield after, 0


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    remaining = iter(items)
    while batch := list(islice(remaining, BATCH)):
        yield batch
