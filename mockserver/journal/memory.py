"""Estimates of the memory that JSON values, headers and changes occupy."""

from collections.abc import Mapping
from sys import getsizeof
from typing import Any

from mockserver.schema.fields import Upload
from mockserver.storage.world import Change

#: Bytes of a text, less its characters.
TEXT = getsizeof("")
SHARED = {type(None), bool}
SMALL = range(-5, 257)  # Python keeps one object for each of these integers


def memory_size(value: Any) -> int:
    """Return the bytes in memory of a value of JSON's types, or with uploads.

    The names of all objects in the value are counted once, because the parser shares them.
    """
    size = 0
    names: set[str] = set()
    remaining = [value]
    while remaining:
        item = remaining.pop()
        kind = type(item)
        if kind is str:
            size += getsizeof(item) if len(item) > 1 else 0  # shorter texts are shared
        elif kind is dict:
            size += getsizeof(item)
            names.update(item)
            remaining += item.values()
        elif kind is list:
            size += getsizeof(item)
            remaining += item
        elif kind is Upload:
            size += getsizeof(item) + len(item.content)
        elif kind not in SHARED and not (kind is int and item in SMALL):
            size += getsizeof(item)
    return size + sum(map(getsizeof, names))


def headers_size(headers: Mapping[str, str]) -> int:
    """Return the bytes in memory of the headers' values; most names are shared."""
    return len(headers) * TEXT + sum(map(len, headers.values()))


def change_size(change: Change) -> int:
    """Return the bytes of the texts and arrays of a change, which the world may not have."""
    record = change.after or change.before or {}
    size = 0
    for value in record.values():
        if type(value) is str:
            size += len(value)
        elif value and type(value) is list:
            size += memory_size(value)
    return size
