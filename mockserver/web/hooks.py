"""One request's way, in order: arrive, the view, leave. All of it on this screen.

There is one of each for the whole app: Flask runs after-request hooks in reverse, and blueprint
hooks miss unknown paths.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Response
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import MethodNotAllowed as NoMethod
from werkzeug.exceptions import NotFound as NoRoute
from werkzeug.routing import RequestRedirect

from mockserver.errors import ApiError, InvalidRequest, MethodNotAllowed, NotFound, error_body
from mockserver.sandbox.registry import SandboxRegistry
from mockserver.sandbox.sandbox import DEFAULT, Sandbox
from mockserver.settings import Settings
from mockserver.storage.clock import stopwatch
from mockserver.web.auth import authenticate, sandbox_name
from mockserver.web.hosts import Hosts, is_loopback
from mockserver.web.request import JSON, Request, current, nothing
from mockserver.web.sandbox_prefix import SANDBOX_KEY

if TYPE_CHECKING:
    from mockserver.faults.base import Fault

CONTROL, OPEN = "/_sandbox", ("/_sandbox/health", "/_sandbox/ready")
METHODS = "GET, POST, PUT, DELETE, OPTIONS"
INBOX = re.compile(r"/_sandbox/inbox/[^/]+")
logger = logging.getLogger("mockserver")


@dataclass(frozen=True)
class Pipeline:
    """What every request passes on its way in and out."""

    settings: Settings
    sandboxes: SandboxRegistry
    hosts: Hosts
    #: Tokens that open the control API; empty where it is open to this machine.
    control_tokens: tuple[str, ...]

    @property
    def exposed(self) -> bool:
        """Whether machines other than this one can call."""
        return not is_loopback(self.settings.host)

    def arrive(self) -> Response | None:
        """Check the host, authenticate, pick the sandbox by the URL or the token; there, count the
        request against the rate limit, and let go wrong what shall."""
        call = current()
        # Straight from the environ, here and in leave: werkzeug's views of it cost more than
        # all that is done with them.
        environ = call.environ
        call.max_content_length = self.settings.max_body
        self.hosts.check(environ.get("HTTP_HOST", ""))
        path = call.path
        if is_api(path):
            if call.method == "OPTIONS":
                return preflight(call)
            token = authenticate(environ.get("HTTP_AUTHORIZATION"), self.settings.token)
            named = sandbox_name(token)  # a wrong one is refused below /s/NAME too
            call.sandbox = self._sandbox(environ.get(SANDBOX_KEY) or named)
            call.standing = call.sandbox.admit()
            return inject(call)
        if path.startswith(CONTROL) and self.control_tokens and not is_open(call):
            authenticate(environ.get("HTTP_AUTHORIZATION"), self.control_tokens)
        return None

    def _sandbox(self, name: str) -> Sandbox:
        if name == DEFAULT and self.settings.require_sandbox:
            raise InvalidRequest(
                "this request would fall into the sandbox 'default', which --require-sandbox "
                "forbids; send a token 'sandbox_NAME', or use the base URL /s/NAME/v1"
            )
        return self.sandboxes.open(name)

    def leave(self, response: Response) -> Response:
        """Bend the answer if a fault does; let any origin's page read it; keep the journal; write
        the log line; send it as a fault wants it sent."""
        call = current()
        if call.injection:
            response = call.injection.bend(response)
        if call.standing:
            response.headers.extend(call.standing.headers)
        if call.preferred:
            response.headers.add("Preference-Applied", applied(call.preferred))
        if "HTTP_ORIGIN" in call.environ and is_api(call.path):
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = "*"
        exchange = call.exchange(response)
        if exchange is not None:
            response.headers.add("X-Request-Id", exchange.id)
            call.sandbox.journal.append(exchange)
        if logger.isEnabledFor(logging.INFO):
            ms = (stopwatch() - call.since) * 1000
            path = (call.root_path + call.path).encode("unicode_escape").decode()
            status = response.status_code
            logger.info("%s %s %s %.1fms %s", call.method, path, status, ms, call.sandbox_name)
        if call.leave_place:
            await_deliveries(call, call.leave_place)
        if call.injection:
            call.injection.deliver(response, head_only=call.method == "HEAD")
        return response

    def fail(self, error: Exception) -> Response:
        """The one place where an error becomes an answer."""
        call = current()
        told = _told(call, error)
        if told.status == 500:
            logger.error("%s %s failed", call.method, call.path, exc_info=error)
        body = error_body(told.status, told.message)
        return Response(body, told.status, told.headers, mimetype=JSON)


def is_api(path: str) -> bool:
    """Whether a path is the Protocol API's, where a token is due."""
    return path.startswith("/v1/") or path == "/v1"


def is_open(call: Request) -> bool:
    """Whether a control request needs no token: those that ask whether the server lives, and a
    delivery from this machine to an inbox, since what sends deliveries has none."""
    if call.method == "POST" and INBOX.fullmatch(call.path):
        return is_loopback(call.environ.get("REMOTE_ADDR", ""))
    return call.path in OPEN


def inject(call: Request) -> Response | None:
    """Let go wrong what shall: as the request itself prefers, else as the sandbox's rules say."""
    hits = call.sandbox.hits(call, prefer(call) if call.wishes else ())
    if not hits:
        return None
    from mockserver.web.fault_injection import FaultInjection
    from mockserver.web.socket_handle import SocketHandle

    injection = FaultInjection(hits, SocketHandle(call.environ, call.sandbox))
    injection.park()
    call.injection = injection  # not before: where there is no place, nothing else goes wrong
    return injection.before()


def prefer(call: Request) -> Sequence[Fault]:
    """Read what the request prefers; returns the faults that make it come true."""
    from mockserver.web.prefer import preferences, preferred

    call.preferred = preferences(call)
    if "wait" in call.preferred:
        # Before anything is done: where there is no place to wait, nothing is.
        call.leave_place = wait_place(call)
    return preferred(call.preferred)


def wait_place(call: Request) -> Callable[[], object]:
    """Take a place among those that wait; returns what gives it up. Raises ``Unavailable``."""
    parking: Any = call.environ.get("mockserver.wait_slots")
    place = ExitStack()
    if parking:
        place.enter_context(parking.long_poll())
    return place.close


def applied(wanted: Mapping[str, int]) -> str:
    """The value of ``Preference-Applied`` (RFC 7240, section 3)."""
    return ", ".join(f"{name}={value}" for name, value in wanted.items())


def await_deliveries(call: Request, leave_place: Callable[[], object]) -> None:
    """Wait until all that the request has set off was tried, for as long as it prefers."""
    parking: Any = call.environ.get("mockserver.wait_slots")
    try:
        call.sandbox.outbox.await_tried(
            call.id, call.preferred["wait"], lambda: bool(parking) and not parking.wait(0)
        )
    finally:
        leave_place()


def preflight(call: Request) -> Response:
    """Yes to whatever a browser asks before a request to /v1 (Fetch, "CORS protocol")."""
    asked = call.headers
    refused = call.routing_exception
    methods = refused.valid_methods if isinstance(refused, NoMethod) else None
    headers = {
        # All of them: a page may read the 405 for one that the path has not.
        "Access-Control-Allow-Methods": METHODS,
        # A star would leave out Authorization, so what was asked for is named.
        "Access-Control-Allow-Headers": asked.get("Access-Control-Request-Headers", "*"),
        "Access-Control-Max-Age": "600",
        "Allow": ", ".join([*sorted(methods), "OPTIONS"]) if methods else METHODS,
        "Vary": "Access-Control-Request-Headers",
    }
    if asked.get("Access-Control-Request-Private-Network"):
        headers["Access-Control-Allow-Private-Network"] = "true"
    return nothing(headers)


def _told(call: Request, error: Exception) -> ApiError:
    """The error as the client is told it; whatever is not the client's is a 500 of ours."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, NoMethod):
        return MethodNotAllowed(call.method, call.path, error.valid_methods or ())
    if isinstance(error, NoRoute | RequestRedirect):
        below = (
            "" if is_api(call.path) else "; the API is below /v1, the control API below /_sandbox"
        )
        return NotFound(f"there is nothing at {call.method} {call.path}{below}")
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        refused = InvalidRequest(error.description or error.name)
        refused.status = error.code
        return refused
    return ApiError("an error of the server itself; its log has the traceback")
