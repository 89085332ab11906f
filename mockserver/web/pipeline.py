"""One request's way, in order: arrive, the view, leave. All of it on this screen.

Registered on the app, once each: Flask runs after-request hooks in reverse, and blueprint hooks
miss unknown paths.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import MethodNotAllowed as NoMethod
from werkzeug.exceptions import NotFound as NoRoute
from werkzeug.routing import RequestRedirect

from mockserver.core.clock import stopwatch
from mockserver.errors import ApiError, InvalidRequest, MethodNotAllowed, NotFound, error_body
from mockserver.sandbox import Sandboxes
from mockserver.settings import Settings
from mockserver.web.auth import authenticate, sandbox_name
from mockserver.web.hosts import Hosts, is_loopback

JSON = "application/json"
logger = logging.getLogger("mockserver")


@dataclass(frozen=True)
class Pipeline:
    """What every request passes on its way in and out."""

    settings: Settings
    sandboxes: Sandboxes
    hosts: Hosts
    #: Tokens that open the control API; empty where it is open to this machine.
    control_tokens: tuple[str, ...]

    @property
    def exposed(self) -> bool:
        """Whether machines other than this one can call."""
        return not is_loopback(self.settings.host)

    def install(self, app: Flask) -> None:
        app.before_request(self.arrive)
        app.after_request(self.leave)
        app.register_error_handler(Exception, self.fail)

    def arrive(self) -> Response | None:
        """Check the host, authenticate, pick the sandbox by the token."""
        g.since = stopwatch()
        g.sandbox = None
        self.hosts.check(request.host)
        path = request.path
        if path.startswith("/v1/") or path == "/v1":
            if request.method == "OPTIONS":
                return preflight()
            token = authenticate(request.headers.get("Authorization"), self.settings.token)
            g.sandbox = self.sandboxes.open(sandbox_name(token))
        elif path.startswith("/_sandbox") and path != "/_sandbox/health" and self.control_tokens:
            authenticate(request.headers.get("Authorization"), self.control_tokens)
        return None

    def leave(self, response: Response) -> Response:
        """Let any origin's page read an answer of /v1; write the log line."""
        if "Origin" in request.headers and request.path.startswith("/v1"):
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = "*"
        if logger.isEnabledFor(logging.INFO):
            sandbox = g.sandbox.name if g.get("sandbox") else "-"
            ms = (stopwatch() - g.since) * 1000
            path = request.path.encode("unicode_escape").decode()
            status = response.status_code
            logger.info("%s %s %s %.1fms %s", request.method, path, status, ms, sandbox)
        return response

    def fail(self, error: Exception) -> Response:
        """The one place where an error becomes an answer."""
        told = _told(error)
        if told.status == 500:
            logger.error("%s %s failed", request.method, request.path, exc_info=error)
        body = error_body(told.status, told.message)
        return Response(body, told.status, told.headers, mimetype=JSON)


def preflight() -> Response:
    """Yes to whatever a browser asks before a request to /v1 (Fetch, "CORS protocol")."""
    asked = request.headers
    headers = {
        "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE, OPTIONS",
        # A star would leave out Authorization, so what was asked for is named.
        "Access-Control-Allow-Headers": asked.get("Access-Control-Request-Headers", "*"),
        "Access-Control-Max-Age": "600",
        "Allow": "GET, POST, PUT, DELETE, OPTIONS",
        "Vary": "Access-Control-Request-Headers",
    }
    if asked.get("Access-Control-Request-Private-Network"):
        headers["Access-Control-Allow-Private-Network"] = "true"
    return Response(status=204, headers=headers)


def _told(error: Exception) -> ApiError:
    """The error as the client is told it; whatever is not the client's is a 500 of ours."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, NoMethod):
        return MethodNotAllowed(request.method, request.path, error.valid_methods or ())
    if isinstance(error, NoRoute | RequestRedirect):
        return NotFound(f"there is nothing at {request.method} {request.path}")
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        refused = InvalidRequest(error.description or error.name)
        refused.status = error.code
        return refused
    return ApiError("an error of the server itself; its log has the traceback")
