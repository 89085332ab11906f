"""What is made late: when it is first asked for, and once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Late(Generic[T]):
    """Something that most never ask for; ``make`` makes it. Safe for threads."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        #: What was made; None as long as nobody has asked for it.
        self.made: T | None = None

    def get(self) -> T:
        """It, made now if it was not before."""
        with self._lock:
            if self.made is None:
                self.made = self._make()
            return self.made

    def forget(self) -> T | None:
        """Give it up, if it was made: the next who asks gets a new one."""
        with self._lock:
            made, self.made = self.made, None
            return made
