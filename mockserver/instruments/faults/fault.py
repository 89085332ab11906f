"""A fault: what goes wrong with one request, and at which of its four moments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from mockserver.core.paging import LARGEST_PAGE
from mockserver.core.world import Happenings
from mockserver.instruments.chance import Chance
from mockserver.instruments.reply import Line, Reply
from mockserver.schema.attributes import Attributes

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
        return LARGEST_PAGE

    def before(self, line: Line, chance: Chance) -> Reply | None:
        """Before the API has its turn; with a reply, it gets none."""

    def tell(self, happened: Happenings) -> Happenings:
        """What is told of what the request did."""
        return happened

    def bend(self, reply: Reply) -> Reply:
        """The answer, before it is journaled."""
        return reply

    def deliver(self, reply: Reply, line: Line) -> None:
        """How the answer goes out; unless something is done here, as usual."""

    def shown(self) -> dict[str, Any]:
        """The fault as it is given: its type, and its parameters."""
        return {"type": self.type, **self.values}
