"""Flask's hooks for every request: `before_request`, `after_request` and the error handler.

There is one hook of each kind for a whole application, because Flask runs after-request functions
in reverse, and the hooks of a blueprint miss unknown paths.
"""

import logging
import re
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial

from flask import Response
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import MethodNotAllowed as MethodNotAllowedByRoute
from werkzeug.exceptions import NotFound as NotFoundByRoute

from mockserver.cors import cors_headers
from mockserver.errors import (
    ApiError,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    Unavailable,
    error_body,
)
from mockserver.faults.base import Fault
from mockserver.resources.registry import ResourceRegistry
from mockserver.sandbox.registry import SandboxRegistry
from mockserver.sandbox.sandbox import DEFAULT, Sandbox
from mockserver.settings import Settings
from mockserver.storage.clock import machine_time
from mockserver.web import parsing
from mockserver.web.auth import SANDBOX_KEY, authenticate, sandbox_name
from mockserver.web.fault_injection import FaultInjection, SocketHandle, wait_slots
from mockserver.web.hosts import Hosts, is_loopback
from mockserver.web.repeat import REPEAT, Repeat
from mockserver.web.request import JSON, Request, current_request, no_content
from mockserver.web.request_log import RequestLog

CONTROL, OPEN = "/_sandbox", ("/_sandbox/health", "/_sandbox/ready")
FILES = "/_assets/"
MAX_NAMES = 1000
CONTROL_SOURCE = (
    "--control-token or MOCKSERVER_CONTROL_TOKEN; without them one of --token, or the one in the "
    "start-up banner"
)
SEVERAL_PROCESSES = (
    "the WSGI server states that it runs several processes (wsgi.multiprocess), each with "
    "its own data; run one with threads, such as 'gunicorn --workers 1 --threads 8', or use "
    "'mockserver serve'; if there is only one, set wsgi.multiprocess to False in the environ"
)
METHODS = "GET, POST, PUT, DELETE, OPTIONS"
INBOX = re.compile(r"/_sandbox/inbox/[^/]+")
logger = logging.getLogger("mockserver")


@dataclass(frozen=True)
class Hooks:
    """The functions that Flask calls before and after each request, and for errors."""

    settings: Settings
    sandboxes: SandboxRegistry
    resources: ResourceRegistry
    hosts: Hosts
    #: The tokens that the control API accepts; empty if it requires none.
    control_tokens: tuple[str, ...]
    log: RequestLog
    #: Cache: the name of the sandbox for each valid Authorization header.
    _names: dict[str | None, str] = field(default_factory=dict)

    def before_request(self) -> Response | None:
        """Check the host, authenticate, select the sandbox; apply its rate limit, inject faults."""
        request = current_request()
        # Read the environ: werkzeug's header objects would take longer than the whole method.
        environ = request.environ
        request.max_content_length = self.settings.max_body
        path = request.path
        if environ.get("wsgi.multiprocess"):
            raise Unavailable(SEVERAL_PROCESSES)
        if path not in OPEN:
            self.hosts.check(environ)
        if request.method == "OPTIONS" and (is_public(path) or has_path(request)):
            return options(request)
        if is_api(path):
            name = self._authenticate(environ.get("HTTP_AUTHORIZATION"))
            request.sandbox = self._sandbox(environ.get(SANDBOX_KEY) or name)
            request.rate_limit_headers = request.sandbox.rate_limit.check()
            return inject_faults(request)
        if path.startswith(CONTROL) and self.control_tokens and not is_open(request):
            authenticate(environ.get("HTTP_AUTHORIZATION"), self.control_tokens, CONTROL_SOURCE)
        return None

    def _authenticate(self, header: str | None) -> str:
        """Check the token and return the sandbox that it selects; raises ``Unauthorized``."""
        name = self._names.get(header)
        if name is None:
            name = sandbox_name(authenticate(header, self.settings.token))
            if len(self._names) < MAX_NAMES:
                self._names[header] = name
        return name

    def _sandbox(self, name: str) -> Sandbox:
        if name == DEFAULT and self.settings.require_sandbox:
            raise InvalidRequest(
                "this request selects the sandbox 'default', which --require-sandbox forbids; "
                "send a token 'sandbox_NAME', or use the base URL /s/NAME/v1"
            )
        return self.sandboxes.open(name)

    def after_request(self, response: Response) -> Response:
        """Apply the faults to the response, add headers, journal and log it.

        At the end, wait for deliveries, or send the response as a fault requires.
        """
        request = current_request()
        if request.injection:
            response = request.injection.transform_response(response)
        if request.rate_limit_headers:
            response.headers.extend(request.rate_limit_headers)
        if request.preferred:
            applied = ", ".join(f"{name}={value}" for name, value in request.preferred.items())
            response.headers.add("Preference-Applied", applied)
        origin = request.environ.get("HTTP_ORIGIN")
        if origin is not None and is_public(request.path):
            names = [*response.headers.keys(), "Date", "X-Request-Id"]
            response.headers.extend(cors_headers(origin, names))
            response.vary.add("Origin")
        if request.has_sandbox:
            parsing.keep_unread(request, self.resources.body_schemas)
            exchange = request.exchange(response, request.id, request.sandbox.now())
            response.headers.add("X-Request-Id", exchange.id)
            request.sandbox.journal.append(exchange)
            if repeats(request, response):
                request.environ[REPEAT] = Repeat(request, exchange, self.log)
        elif response.status_code >= 400 and not request.path.startswith(CONTROL):
            strays = self.sandboxes.strays
            strays.append(request.exchange(response, strays.new_id(), int(machine_time())))
        self._log(request, response)
        if request.wait_slot:
            slots, seconds = wait_slots(request.environ), request.preferred["wait"]
            with request.wait_slot:
                request.sandbox.webhooks.wait_until_attempted(
                    request.deliveries, partial(slots.wait_for, seconds=seconds)
                )
        if request.injection:
            request.injection.send(response, head_only=request.method == "HEAD")
        return response

    def _log(self, request: Request, response: Response) -> None:
        if not self.log.is_enabled:
            return
        sandbox, request_id, body = "", "", b""
        if request.has_sandbox:
            sandbox, request_id = request.sandbox.name, request.id
            body = request.response_body(response)
        elif response.mimetype == JSON:
            body = response.get_data()
        reasons = [request.reason] if request.reason else []
        if request.injection:
            faults = request.injection.to_dicts()
            reasons += [f"fault {fault['type']} by {fault['cause']}" for fault in faults]
        self.log.add(
            request.method,
            request.root_path + request.path,
            request.environ.get("QUERY_STRING", ""),
            response.status_code,
            request.since,
            sandbox,
            request_id,
            "; ".join(reasons),
            (request.received, body),
        )

    def handle_exception(self, error: Exception) -> Response:
        """Return the response to an error, with the API's error object."""
        request = current_request()
        # Break a reference cycle, as the exception's traceback refers to the request. It would keep
        # a deleted sandbox in memory until the garbage collector runs.
        request.routing_exception = None
        api_error = as_api_error(request, error)
        if api_error.status == 500:
            logger.error("%s %s failed", request.method, request.path, exc_info=error)
        request.reason = api_error.summary
        body = error_body(api_error.status, api_error.message)
        return Response(body, api_error.status, api_error.headers, mimetype=JSON)


def is_api(path: str) -> bool:
    """Return true for a path of the Protocol API, which requires a token."""
    return path.startswith("/v1/") or path == "/v1"


def is_public(path: str) -> bool:
    """Return true for a path whose responses a web page of any origin may read."""
    return is_api(path) or path.startswith(FILES)


def has_path(request: Request) -> bool:
    """Return true if a route has the request's path with other methods, or for ``OPTIONS *``."""
    return request.path == "/*" or isinstance(request.routing_exception, MethodNotAllowedByRoute)


def is_open(request: Request) -> bool:
    """Return true if a control request needs no token: a health check, or a local delivery.

    A delivery has no token. One that has a token could open the sandbox that the token names.
    """
    environ = request.environ
    if request.method == "POST" and INBOX.fullmatch(request.path):
        return "HTTP_AUTHORIZATION" not in environ and is_loopback(environ.get("REMOTE_ADDR", ""))
    return request.path in OPEN


def inject_faults(request: Request) -> Response | None:
    """Apply the request's preferred faults, else the sandbox's rules; return a fault's response."""
    preferred = prefer(request) if request.has_preferences else ()
    applied_faults = request.sandbox.faults.faults_for(request, preferred)
    if not applied_faults:
        return None
    connection = SocketHandle(request.environ, request.sandbox)
    request.injection = FaultInjection(applied_faults, connection)
    return request.injection.before_request()


def prefer(request: Request) -> Sequence[Fault]:
    """Read the request's preferences (RFC 7240); return the faults that carry them out.

    Raises ``Unavailable`` if the request asks to wait and no slot is left.
    """
    from mockserver.web.prefer import preferences, preferred_faults

    request.preferred = preferences(request)
    if "wait" in request.preferred:
        # Take the slot before the view: a request without one changes nothing.
        request.wait_slot = ExitStack()
        request.wait_slot.enter_context(wait_slots(request.environ).long_poll())
    return preferred_faults(request.preferred)


def repeats(request: Request, response: Response) -> bool:
    """Return true for a read whose response depends only on the request and the world."""
    is_read = request.world_version is not None and request.method == "GET"
    is_altered = request.injection or request.rate_limit_headers or request.preferred
    return is_read and response.status_code == 200 and not is_altered


def options(request: Request) -> Response:
    """Return the path's methods, and allow a browser's preflight of a public path (Fetch)."""
    error = request.routing_exception
    methods = error.valid_methods if isinstance(error, MethodNotAllowedByRoute) else None
    allow = ", ".join([*sorted(methods), "OPTIONS"]) if methods else METHODS
    if not is_public(request.path):
        return no_content({"Allow": allow})
    headers = {
        # Allow all methods, so that a page can read the 405 response to an unsupported one.
        "Access-Control-Allow-Methods": f"{METHODS}, PATCH",
        # "*" does not include Authorization, so the requested names are repeated.
        "Access-Control-Allow-Headers": request.headers.get("Access-Control-Request-Headers", "*"),
        "Access-Control-Max-Age": "600",
        "Allow": allow,
        "Vary": "Access-Control-Request-Headers",
    }
    if request.headers.get("Access-Control-Request-Private-Network"):
        headers["Access-Control-Allow-Private-Network"] = "true"
    return no_content(headers)


def as_api_error(request: Request, error: Exception) -> ApiError:
    """Return the API's error for an exception: a 500 unless the client caused it."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, MethodNotAllowedByRoute):
        return MethodNotAllowed(request.method, request.path, error.valid_methods or ())
    if isinstance(error, NotFoundByRoute):
        message = f"no endpoint at {request.method} {request.path}"
        if not is_api(request.path):
            message += "; the API is below /v1, the control API below /_sandbox"
        return NotFound(message)
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        refusal = InvalidRequest(error.description or error.name)
        refusal.status = error.code
        return refusal
    return ApiError("internal server error; see the server log")
