"""The ledger of fidelity: what of all that is served is documented, and what is ours."""

from __future__ import annotations

from mockserver.contract.fidelity.provenance import counts, ledger
from mockserver.contract.fidelity.row import AREAS, BASES
from mockserver.schema.fields import Choice
from mockserver.web.control.context import AdminContext, answer
from mockserver.web.control.route import Route
from mockserver.web.request import JsonResponse, Request

PARAMETERS = {"area": Choice(AREAS), "basis": Choice(BASES)}


def fidelity(
    control: AdminContext, call: Request, area: str | None = None, basis: str | None = None
) -> JsonResponse:
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
