"""The fidelity table as JSON."""

from __future__ import annotations

from mockserver.contract.fidelity import AREAS, BASES
from mockserver.contract.fidelity.provenance import counts, rows
from mockserver.schema.fields import Choice
from mockserver.web.control.context import AdminContext, answer
from mockserver.web.control.route import Route
from mockserver.web.request import JsonResponse, Request

PARAMETERS = {"area": Choice(AREAS), "basis": Choice(BASES)}


def fidelity(
    control: AdminContext, call: Request, area: str | None = None, basis: str | None = None
) -> JsonResponse:
    selected = rows(area, basis)
    return answer({"counts": counts(selected), "data": [each._asdict() for each in selected]})


ROUTES = (
    Route(
        "GET",
        "/fidelity",
        fidelity,
        "whether each part of the API is documented, decided or an extension, and why",
        parameters=PARAMETERS,
    ),
)
