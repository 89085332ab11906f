"""The server itself: what it is, and that it lives."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from mockserver import __version__
from mockserver.errors import hide_secret
from mockserver.web.control.context import AdminContext, answer, shown
from mockserver.web.control.route import Route
from mockserver.web.request import JsonResponse, Request


def health(control: AdminContext, call: Request) -> JsonResponse:
    """That it lives, and what a client must bring: a token of the server's, a sandbox's name."""
    settings = control.settings
    wants = {"wants_token": bool(settings.token), "wants_sandbox": settings.require_sandbox}
    return answer({"status": "ok", "version": __version__, **wants})


def ready(control: AdminContext, call: Request) -> JsonResponse:
    return answer({"status": "ready", "fixtures": control.settings.fixtures})


def server(control: AdminContext) -> dict[str, Any]:
    """Version, settings and sandboxes; of the tokens only how many there are, and no secrets."""
    settings = {
        **asdict(control.settings),
        "token": len(control.settings.token),
        "webhook": [hide_secret(each) for each in control.settings.webhook],
    }
    sandboxes = [shown(each) for each in control.sandboxes.all()]
    return {"version": __version__, "settings": settings, "sandboxes": sandboxes}


ROUTES = (
    Route("GET", "/health", health, "whether the server lives"),
    Route("GET", "/ready", ready, "whether it serves"),
)
