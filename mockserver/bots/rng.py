"""What is left to chance, and is none: digests of the seed, the script, and what is asked."""

from __future__ import annotations

from math import gcd

from mockserver.seeding.random_values import KeyedRandom

WHOLE = 2**64


class BotRandom:
    """Each question has a stream of its own: ``what`` is asked of ``who`` for the ``n``-th time."""

    def __init__(self, seed: str, script: str) -> None:
        self.draws = KeyedRandom(f"{seed}/{script}")

    def number(self, what: str, who: str, n: int) -> int:
        """A number of 64 bits."""
        return self.draws.number(what, n, who)

    def falls(self, chance: float, what: str, who: str, n: int) -> bool:
        """Whether something comes to pass that does so with a ``chance`` from 0 to 1."""
        return self.number(what, who, n) < chance * WHOLE

    def between(self, span: tuple[int, int], what: str, who: str, n: int) -> int:
        """A whole number in the span, both ends included."""
        least, most = span
        return least + self.number(what, who, n) % (most - least + 1)

    def turn(self, count: int, what: str, who: str, n: int) -> int:
        """Which of ``count`` things has its turn at the ``n``-th time: each has one, in an order of
        its own, before any has its second."""
        number = self.number(what, who, 0)
        # Far enough that neighbours of the list do not follow on each other.
        stride = max(1, count * 3 // 8) + number % 3
        while gcd(stride, count) != 1:
            stride += 1
        return ((number >> 32) + n * stride) % count
