"""The ledger of fidelity: what of all that is served is documented, and what is ours."""

from __future__ import annotations

from mockserver.contract.fidelity.ledger import counts, ledger
from mockserver.contract.fidelity.row import AREAS, BASES
from mockserver.schema.fields import Choice
from mockserver.web.call import Answer, Call
from mockserver.web.control.control import Control, answer
from mockserver.web.control.route import Route

PARAMETERS = {"area": Choice(AREAS), "basis": Choice(BASES)}


def fidelity(
    control: Control, call: Call, area: str | None = None, basis: str | None = None
) -> Answer:
    rows = ledger(area, basis)
    return answer({"counts": counts(rows), "data": [each._asdict() for each in rows]})


ROUTES = (
    Route(
        "GET",
        "/fidelity",
        fidelity,
        "of each thing that is served: documented, decided or extension, and why",
        parameters=PARAMETERS,
    ),
)
