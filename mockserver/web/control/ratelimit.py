"""The rate limit of a sandbox."""

from __future__ import annotations

from mockserver.errors import NotFound
from mockserver.sandbox.rate_limit import CLOCKS, RateLimit
from mockserver.schema.fields import LATEST, Choice, Whole
from mockserver.schema.schema import Attributes
from mockserver.web.control.context import AdminContext, answer, values
from mockserver.web.control.route import Route
from mockserver.web.request import JsonResponse, Request

TERMS = Attributes(
    {
        "limit": Whole(0, 1_000_000_000, required=True),
        "window_seconds": Whole(1, LATEST, required=True),
        "clock": Choice(CLOCKS),
    }
)


def retrieve_rate_limit(control: AdminContext, call: Request) -> JsonResponse:
    limit = control.sandbox(call).rate_limit.get()
    if limit is None:
        raise NotFound("there is no rate limit; PUT one")
    return answer(limit)


def replace_rate_limit(control: AdminContext, call: Request) -> JsonResponse:
    rate_limit = RateLimit(**values(call, TERMS))
    control.sandbox(call).rate_limit.set(rate_limit)
    return retrieve_rate_limit(control, call)


def delete_rate_limit(control: AdminContext, call: Request) -> JsonResponse:
    return answer({"deleted": control.sandbox(call).rate_limit.clear()})


ROUTES = (
    Route("GET", "/rate-limit", retrieve_rate_limit, "the limit, and how much of it is used"),
    Route(
        "PUT",
        "/rate-limit",
        replace_rate_limit,
        "429 for more than that",
        {"limit": 5, "window_seconds": 60, "clock": "sandbox"},
        TERMS,
    ),
    Route("DELETE", "/rate-limit", delete_rate_limit, "no limit"),
)
