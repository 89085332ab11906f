"""A fault: what goes wrong with one request, and at which of its four moments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from mockserver.faults.raw_response import ConnectionHandle, RawResponse
from mockserver.schema.schema import Attributes
from mockserver.storage.paging import MAX_PAGE_SIZE
from mockserver.storage.seeded_random import SeededRandom
from mockserver.storage.world import ChangeSet

LONGEST = 600_000
"""Milliseconds that a fault may wait at most."""


class Fault:
    """Nothing goes wrong, unless a subclass says so; its docstring is its documentation.

    ``values`` are the parameters as they were given, and checked.
    """

    type: ClassVar[str]
    parameters: ClassVar[Attributes] = Attributes({}, noun="parameter")
    #: Whether the client is kept waiting, which takes a place on the server's parking.
    waits: ClassVar[bool] = False

    def __init__(self, **values: Any) -> None:
        self.values: Mapping[str, Any] = values

    @property
    def most(self) -> int:
        """How many objects a page may hold."""
        return MAX_PAGE_SIZE

    def before(self, line: ConnectionHandle, chance: SeededRandom) -> RawResponse | None:
        """Before the API has its turn; with a reply, it gets none."""

    def tell(self, happened: ChangeSet) -> ChangeSet:
        """What is told of what the request did."""
        return happened

    def bend(self, reply: RawResponse) -> RawResponse:
        """The answer, before it is journaled."""
        return reply

    def deliver(self, reply: RawResponse, line: ConnectionHandle) -> None:
        """How the answer goes out; unless something is done here, as usual."""

    def shown(self) -> dict[str, Any]:
        """The fault as it is given: its type, and its parameters."""
        return {"type": self.type, **self.values}
