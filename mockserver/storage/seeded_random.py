"""Random numbers that are equal on every run: digests of a seed and a counter."""

import math
from hashlib import blake2b
from itertools import count


class SeededRandom:
    """A stream of random numbers. Streams with different seeds do not affect each other."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._count = count(1)

    def bytes(self, size: int) -> bytes:
        """Return the next ``size`` bytes, at most 64."""
        return blake2b(f"{self._seed}/{next(self._count)}".encode(), digest_size=size).digest()

    def uniform(self) -> float:
        """Return the next number in [0, 1)."""
        # Six bytes: with seven, a float would round some values up to 1.
        return int.from_bytes(self.bytes(6)) / 256**6

    def normal(self) -> float:
        """Return the next number of the standard normal distribution (Box-Muller)."""
        radius = math.sqrt(-2 * math.log(1 - self.uniform()))
        return radius * math.cos(2 * math.pi * self.uniform())
