"""Numbers, ids, choices, moments and words that depend on a seed and a name alone.

Nothing here has a state that a call could move on: what is drawn for one attribute of one
object is the same whatever else was drawn before, so one more object shifts no other value.
"""

from __future__ import annotations

import string
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate

ALPHABET = (string.ascii_uppercase + string.ascii_lowercase + string.digits).encode()
OF_ID = bytes(ALPHABET[byte % len(ALPHABET)] for byte in range(256))

# How many different words of each sort a document may hold. A call of Faker costs 10 to 130 µs,
# and seeding it 6 more: too much for each of a million messages, so words come from pools, whose
# entries Faker makes when they are first drawn, each from the digest of its own number.
POOLS = {
    "catch_phrase": 1024,
    "city": 512,
    "emoji": 256,
    "first_name": 1024,
    "last_name": 1024,
    "sentence": 4096,
    "word": 1024,
}


class KeyedRandom:
    """What is drawn for the attribute of an object, from a digest of its name and the seed.

    The seeds 7 and "7" are the same, since a command line knows only the latter.
    """

    def __init__(self, seed: int | str) -> None:
        key = blake2b(str(seed).encode("utf-8", "surrogatepass"), digest_size=32).digest()
        self._keyed = blake2b(key=key, digest_size=16)

    def number(self, kind: str, index: int, attribute: str) -> int:
        """A number of 64 bits."""
        return int.from_bytes(self._digest(kind, index, attribute)[:8], "big")

    def identifier(self, kind: str, index: int) -> str:
        """16 characters of A-Za-z0-9: some 95 bits, so that no two in a document are the same."""
        return self._digest(kind, index, "id").translate(OF_ID).decode()

    def _digest(self, kind: str, index: int, attribute: str) -> bytes:
        digest = self._keyed.copy()  # a third faster than a new one with the same key
        digest.update(f"{kind}/{index}/{attribute}".encode())
        return digest.digest()


def consistent_hash(number: int, count: int) -> int:
    """One of ``count`` things, as the number falls, all being equally likely.

    Where there is one thing more, the number falls either where it did or on the new thing (the
    jump consistent hash of Lamping and Veach, here in whole numbers). A remainder would send
    nearly every number elsewhere.
    """
    chosen = following = 0
    while following < count:
        chosen = following
        number = (number * 2862933555777941757 + 1) & 0xFFFF_FFFF_FFFF_FFFF
        following = ((chosen + 1) << 31) // ((number >> 33) + 1)
    return chosen


class WeightedChoice:
    """A choice among things of unequal weights; one more thing only draws to itself."""

    def __init__(self, weights: Iterable[int]) -> None:
        self._ends = array("q", accumulate(weights))

    def pick(self, number: int) -> int:
        """The index of the thing on which the number falls."""
        return bisect_right(self._ends, consistent_hash(number, self._ends[-1]))


@dataclass(frozen=True)
class TimeSpan:
    """A stretch of time with room for any number of things, each at a moment of its own index.

    ``length`` is in seconds; ``half`` is the index by which half of the time is over. Things come
    ever closer together: a fixed step would run over the end, and one that follows from their
    count would move them all when there is one more.
    """

    length: int
    half: int

    def offset(self, index: int, number: int) -> int:
        """Seconds from the beginning: nondecreasing in the index, and less than the length.

        The number shifts the moment within the room before the next thing.
        """
        here = self.length * index // (index + self.half)
        following = self.length * (index + 1) // (index + 1 + self.half)
        return here + number % max(1, following - here)


class WordPool:
    """WordPool made by Faker: names, cities, sentences and the like."""

    def __init__(self, draws: KeyedRandom) -> None:
        from faker import Faker  # here, for it takes 60 to 150 ms to import

        self._draws = draws
        self._fake = Faker("en_US")
        self._pools: dict[str, dict[int, str]] = {sort: {} for sort in POOLS}

    def pick(self, sort: str, number: int) -> str:
        """A word of the sort's pool."""
        pool, index = self._pools[sort], number % POOLS[sort]
        if index not in pool:
            pool[index] = self.make(sort, self._draws.number("pool", index, sort))
        return pool[index]

    def make(self, sort: str, number: int) -> str:
        """A word that is made for this number: where no two objects should share one."""
        self._fake.seed_instance(number)
        return str(getattr(self._fake, sort)())
