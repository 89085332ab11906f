"""An endpoint of the control API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from flask import Response

from mockserver.schema.fields import Attribute
from mockserver.schema.schema import Attributes


class Route(NamedTuple):
    """Its method and path below ``/_sandbox``, its view, and what the overview says of it.

    A view takes the ``AdminContext``, the ``Request``, the names in the path, and the query.
    """

    method: str
    path: str
    view: Callable[..., Response]
    about: str
    #: A body that it takes.
    example: Any = None
    #: What any body may hold; None where that is told elsewhere.
    body: Attributes | None = None
    #: What it takes in its query, beside ``sandbox``.
    parameters: Mapping[str, Attribute] = MappingProxyType({})
    #: Whether it is part of what happens in a sandbox, and so is kept in its journal.
    journaled: bool = False
    #: Whether a write must say that it is JSON, as no page of another origin can do unasked.
    typed: bool = True

    @property
    def operation(self) -> str:
        """What it is called, such as ``take_snapshot``."""
        return self.view.__name__

    @property
    def endpoint(self) -> str:
        """What the application calls it, and the journal, such as ``simulate.message``."""
        if self.journaled:
            return self.path.removeprefix("/").replace("/", ".")
        return f"control.{self.operation}"
