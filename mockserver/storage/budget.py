"""Limits of the memory that a sandbox may hold, and the contents that count against them."""

import threading
import weakref

from mockserver.errors import Unavailable


class Content:
    """The bytes of an uploaded file; worlds, forks and snapshots share the object."""

    __slots__ = ("__weakref__", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data


class Budget:
    """The bytes of one kind of contents that a sandbox holds, at most ``maximum``. Thread-safe.

    A content counts until nothing refers to it: neither the world nor a snapshot.
    """

    def __init__(self, noun: str, maximum: int, remedy: str) -> None:
        self._noun = noun
        self._maximum = maximum
        self._remedy = remedy
        self._lock = threading.RLock()  # the garbage collector may release one while it is held
        self.held = 0

    def reserve(self, *contents: Content) -> None:
        """Count the contents; raise ``Unavailable`` and count none if they exceed the maximum."""
        size = sum(len(content.data) for content in contents)
        with self._lock:
            if self.held + size > self._maximum:
                raise Unavailable(
                    f"the {self._noun} of a sandbox may hold at most {self._maximum} bytes: "
                    f"{self.held} are in use, and this request needs {size}; {self._remedy}"
                )
            self.held += size
        for content in contents:
            weakref.finalize(content, self._release, len(content.data)).atexit = False

    def _release(self, size: int) -> None:
        with self._lock:
            self.held -= size
