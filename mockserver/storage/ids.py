"""New ids: the n-th of a kind is a digest of the seed, the kind and n, and of nothing else.

So one more contact shifts no message's id, and a snapshot of all randomness is a few integers.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Container
from hashlib import blake2b


def digest_id(text: str) -> str:
    """The 16 characters of ``A-Za-z0-9`` that stand for ``text``."""
    digest = blake2b(text.encode(), digest_size=12).digest()
    # Twelve bytes are sixteen characters of base64; its two odd ones become letters.
    return b64encode(digest, altchars=b"Zz").decode()


class Ids:
    """The counters of one world, one per kind."""

    __slots__ = ("counts", "seed")

    def __init__(self, seed: str, counts: dict[str, int] | None = None) -> None:
        self.seed = seed
        self.counts = dict(counts or {})

    def new(self, kind: str, taken: Container[str] = ()) -> str:
        """The next id of ``kind`` that is not among those ``taken``."""
        n = self.counts.get(kind, 0)
        while True:
            n += 1
            candidate = digest_id(f"{self.seed}/{kind}/{n}")
            if candidate not in taken:
                self.counts[kind] = n
                return candidate

    def fork(self) -> Ids:
        return Ids(self.seed, self.counts)
