"""Random values that depend only on a seed and a name.

No value depends on previously drawn values, so adding an object changes no other object.
"""

import string
from dataclasses import dataclass
from hashlib import blake2b

ALPHABET = (string.ascii_uppercase + string.ascii_lowercase + string.digits).encode()
ID_TRANSLATION = bytes(ALPHABET[byte % len(ALPHABET)] for byte in range(256))

#: Number of different words of each kind. A call of Faker takes 10 to 130 µs, and seeding it 6 µs:
#: too much for each of a million messages. So words are drawn from pools. Faker makes a word when
#: it is first drawn, seeded with a digest of the word's index.
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
    """Random values for attributes, each a digest of the seed, a kind, an index and a name.

    The seeds 7 and "7" are equal, since a command line can only pass "7".
    """

    def __init__(self, seed: int | str) -> None:
        key = blake2b(str(seed).encode("utf-8", "surrogatepass"), digest_size=32).digest()
        self._keyed = blake2b(key=key, digest_size=16)

    def number(self, kind: str, index: int, attribute: str) -> int:
        """Return a number of 64 bits."""
        return int.from_bytes(self._digest(kind, index, attribute)[:8], "big")

    def identifier(self, kind: str, index: int) -> str:
        """Return 16 characters of A-Za-z0-9: about 95 bits, so that ids do not collide."""
        return self._digest(kind, index, "id").translate(ID_TRANSLATION).decode()

    def _digest(self, kind: str, index: int, attribute: str) -> bytes:
        digest = self._keyed.copy()  # a third faster than hashing the key again
        digest.update(f"{kind}/{index}/{attribute}".encode())
        return digest.digest()


def consistent_hash(number: int, count: int) -> int:
    """Return an index below ``count``; all indices are equally likely.

    If ``count`` grows by one, the index stays the same or becomes the new one (the jump consistent
    hash of Lamping and Veach, in integers). With ``number % count``, most indices would change.
    """
    index = following = 0
    while following < count:
        index = following
        number = (number * 2862933555777941757 + 1) & 0xFFFF_FFFF_FFFF_FFFF
        following = ((index + 1) << 31) // ((number >> 33) + 1)
    return index


@dataclass(frozen=True)
class TimeSpan:
    """A period for any number of events; the time of each depends only on its index.

    ``length`` is in seconds. The event with the index ``half`` is in the middle. The period begins
    ``ago`` seconds before the document's ``now``. The gaps between events shrink as the index
    grows, so any number of events fits, and adding an event moves no other.
    """

    length: int
    half: int
    ago: int = 0

    def offset(self, index: int, number: int) -> int:
        """Return the seconds from the start of the period to an event, less than ``length``.

        ``number`` is random and selects a second before the next event, so the order is kept.
        """
        start = self.length * index // (index + self.half)
        end = self.length * (index + 1) // (index + 1 + self.half)
        return start + number % max(1, end - start)


class WordPool:
    """Names, cities, sentences and other texts made by Faker."""

    def __init__(self, random: KeyedRandom) -> None:
        from faker import Faker  # imported here because it takes 60 to 150 ms

        self._random = random
        self._faker = Faker("en_US")
        self._pools: dict[str, dict[int, str]] = {kind: {} for kind in POOLS}

    def pick(self, kind: str, number: int) -> str:
        pool, index = self._pools[kind], number % POOLS[kind]
        if index not in pool:
            pool[index] = self.make(kind, self._random.number("pool", index, kind))
        return pool[index]

    def make(self, kind: str, number: int) -> str:
        """Return a word seeded with ``number``, not one from the pool that objects share."""
        self._faker.seed_instance(number)
        return str(getattr(self._faker, kind)())
