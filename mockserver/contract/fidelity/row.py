"""A row of the ledger: one thing that a client can see, and what it rests on."""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

#: documented: the API's documentation says so. decided: it leaves it open, and we have decided.
#: extension: only this sandbox has it, where it is asked for or where no client looks.
Basis = Literal["documented", "decided", "extension"]
BASES: tuple[Basis, ...] = get_args(Basis)
Area = Literal["endpoint", "parameter", "attribute", "status", "header", "rule", "event"]
AREAS: tuple[Area, ...] = get_args(Area)


class Row(NamedTuple):
    """``statement`` is what holds, ``reason`` why it was decided so, empty where it is documented;
    ``source`` is the reference's section, or the document or tool that it comes from."""

    area: Area
    subject: str
    basis: Basis
    statement: str
    reason: str = ""
    source: str = ""
