"""Deterministic ids: the n-th id of a kind is a digest of the seed, the kind and n.

So creating another contact changes no message's id, and a snapshot stores only the counters.
"""

from binascii import b2a_base64
from collections.abc import Container
from hashlib import blake2b

TO_LETTERS = bytes.maketrans(b"+/", b"Zz")


def digest_id(text: str) -> str:
    """Return an id of 16 characters of ``A-Za-z0-9`` derived from ``text``."""
    digest = blake2b(text.encode(), digest_size=12).digest()
    # Twelve bytes are sixteen characters of base64.
    return b2a_base64(digest, newline=False).translate(TO_LETTERS).decode()


class IdGenerator:
    """A generator of the ids of one sandbox, with a counter for each kind."""

    __slots__ = ("counts", "seed")

    def __init__(self, seed: str, counts: dict[str, int] | None = None) -> None:
        self.seed = seed
        self.counts = dict(counts or {})

    def new(self, kind: str, existing: Container[str] = ()) -> str:
        """Return the next id of ``kind`` that is not in ``existing``."""
        n = self.counts.get(kind, 0)
        while True:
            n += 1
            candidate = self.nth(kind, n)
            if candidate not in existing:
                self.counts[kind] = n
                return candidate

    def nth(self, kind: str, n: int) -> str:
        return digest_id(f"{self.seed}/{kind}/{n}")

    def reserve(self, kind: str, count: int) -> int:
        """Reserve the next ``count`` ids of ``kind`` and return the number of the first."""
        first = self.counts.get(kind, 0) + 1
        self.counts[kind] = first + count - 1
        return first

    def fork(self) -> "IdGenerator":
        return IdGenerator(self.seed, self.counts)
