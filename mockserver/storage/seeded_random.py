"""Random numbers that are the same on every run: digests of a seed and a count."""

from __future__ import annotations

import math
from hashlib import blake2b
from itertools import count


class SeededRandom:
    """One stream. Each source of randomness has its own, so that none shifts another."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._count = count(1)

    def bytes(self, size: int) -> bytes:
        """The next ``size`` bytes, 64 at most."""
        return blake2b(f"{self._seed}/{next(self._count)}".encode(), digest_size=size).digest()

    def uniform(self) -> float:
        """The next number from 0 up to, not including, 1."""
        return int.from_bytes(self.bytes(6)) / 256**6  # of seven, a float would round some up to 1

    def normal(self) -> float:
        """The next number of the standard normal distribution (Box and Muller)."""
        radius = math.sqrt(-2 * math.log(1 - self.uniform()))
        return radius * math.cos(2 * math.pi * self.uniform())
