"""Requests that missed their sandbox, and what a client must change to reach it."""

import json
from collections import defaultdict
from typing import Any

from mockserver.errors import Unauthorized
from mockserver.journal.exchange import Exchange
from mockserver.sandbox.sandbox import DEFAULT
from mockserver.web.auth import PREFIX, credential
from mockserver.web.control.context import ControlRequest, Json, Routes

MAX_ADVICE = 5  # lines

routes = Routes()


@routes.add("GET", "/strays")
def list_strays(request: ControlRequest) -> Json:
    """List recent requests that reached no sandbox, or 'default' instead of this one.

    Only requests since the sandbox was opened are listed. ``advice`` says what to change.
    """
    strays = request.context.sandboxes.strays
    return {
        "evicted": strays.evicted,
        "advice": advice(request),
        "data": [_to_dict(exchange, sandbox) for exchange, sandbox in _strays(request)],
    }


def count(request: ControlRequest) -> int:
    """Return a counter that grows with each stray request."""
    sandboxes = request.context.sandboxes
    return sandboxes.strays.appended + sandboxes.get(DEFAULT).journal.appended


def advice(request: ControlRequest) -> list[str]:
    """Return what a client must change: a line for each kind of stray request, the latest last."""
    groups: dict[tuple[str | None, int, str], list[Exchange]] = defaultdict(list)
    for exchange, sandbox in _strays(request):
        groups[sandbox, 0 if sandbox else exchange.status, _token(exchange)].append(exchange)
    name = request.sandbox.name
    token = "" if request.context.settings.token else f"the token '{PREFIX}{name}' or "
    lines = []
    for (sandbox, status, sent), exchanges in groups.items():
        latest = exchanges[-1]
        requests = "1 request" if len(exchanges) == 1 else f"{len(exchanges)} requests"
        details = f" with the token '{sent}'" if sent else ""
        details += f", the last one {latest.method} {latest.path[:100]}"
        if sandbox:
            change = f"use {token}the base URL /s/{name}/v1"
            lines.append(f"{requests} reached the sandbox '{sandbox}'{details}: {change}")
        else:
            lines.append(f"{requests} reached no sandbox{details}: {status}, {_reason(latest)}")
    return lines[-MAX_ADVICE:]


def _strays(request: ControlRequest) -> list[tuple[Exchange, str | None]]:
    """Return the stray requests since the sandbox was opened, with the sandbox they reached."""
    sandboxes, sandbox = request.context.sandboxes, request.sandbox
    unselected, default = sandbox.opened_after
    strays: list[tuple[Exchange, str | None]] = []
    if sandbox.name != DEFAULT:
        in_default = sandboxes.get(DEFAULT).journal.latest(default)[0]
        strays = [(item, DEFAULT) for item in in_default if item.path.startswith("/v1")]
    return strays + [(item, None) for item in sandboxes.strays.latest(unselected)[0]]


def _to_dict(exchange: Exchange, sandbox: str | None) -> dict[str, Any]:
    summary = exchange.to_summary()
    names = ("id", "method", "path", "query", "operation", "status")
    return {
        **{name: summary[name] for name in names},
        "sandbox": sandbox,
        "token": _token(exchange),
        "reason": _reason(exchange),
    }


def _token(exchange: Exchange) -> str:
    """Return the beginning of the request's token; empty if it has none."""
    try:
        token = credential(exchange.cgi_headers.get("HTTP_AUTHORIZATION"))
    except Unauthorized:
        return ""
    return f"{token[: min(8, len(token) // 2)]}…"


def _reason(exchange: Exchange) -> str:
    """Return the message of an error response."""
    try:
        return str(json.loads(exchange.response_body)["message"])
    except (ValueError, TypeError, LookupError):
        return ""
