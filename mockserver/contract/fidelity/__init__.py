"""The basis of each part of the sandbox: documented, decided by us, or an extension.

``rows.toml`` is a hand-written record of the rules in ``contract/reference.md``. The tests compare
the rows with the server's responses.
"""

from typing import Literal, NamedTuple, get_args

#: documented: specified by the API's documentation. decided: left open there, and decided by us.
#: extension: added by the sandbox, either on request or outside the API's paths.
Basis = Literal["documented", "decided", "extension"]
BASES: tuple[Basis, ...] = get_args(Basis)
Area = Literal["endpoint", "parameter", "attribute", "status", "header", "rule", "event"]
AREAS: tuple[Area, ...] = get_args(Area)


class FidelityRow(NamedTuple):
    """A visible part of the API and its basis.

    ``reason`` is the reason for a decision or an extension; it is empty if ``basis`` is documented.
    ``source`` is a section of ``contract/reference.md``, or another document or tool.
    """

    area: Area
    subject: str
    basis: Basis
    statement: str
    reason: str = ""
    source: str = ""
