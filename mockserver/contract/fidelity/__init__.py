"""The basis of each part of the sandbox: documented, decided by us, or an extension.

``rows.toml`` is written by hand, since it records what ``contract/reference.md`` says. The tests
compare the rows with what the server really sends.
"""

from typing import Literal, NamedTuple, get_args

#: documented: the API's documentation says so. decided: it leaves this open, and we decided.
#: extension: only the sandbox has it, on request or outside the API's paths.
Basis = Literal["documented", "decided", "extension"]
BASES: tuple[Basis, ...] = get_args(Basis)
Area = Literal["endpoint", "parameter", "attribute", "status", "header", "rule", "event"]
AREAS: tuple[Area, ...] = get_args(Area)


class FidelityRow(NamedTuple):
    """A visible part of the API and its basis.

    ``reason`` says why it was decided or added, and is empty if ``basis`` is documented.
    ``source`` is a section of ``contract/reference.md``, or another document or tool.
    """

    area: Area
    subject: str
    basis: Basis
    statement: str
    reason: str = ""
    source: str = ""
