"""One run of the client check: the sandbox with faults on a server, and the report."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from mockserver.checks.client.checks import (
    ClientResult,
    Evidence,
    RecordedRequest,
    fault_rules,
    judge,
)
from mockserver.checks.report import Report, ReportRow
from mockserver.client.mockserver import MockServer
from mockserver.server import Server
from mockserver.storage.clock import stopwatch
from mockserver.web.app import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SANDBOX = "check-client"
HEADINGS = ("check", "expected", "verdict")


class RequestRecorder:
    """WSGI middleware that records the requests to the API.

    The journal has neither their real time nor their credentials.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._requests: list[RecordedRequest] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        if not path.startswith("/v1"):
            return self._app(environ, start_response)
        began = stopwatch()
        try:
            return self._app(environ, start_response)
        finally:
            request = RecordedRequest(
                began,
                stopwatch(),
                environ["REQUEST_METHOD"],
                path,
                environ.get("QUERY_STRING", ""),
                environ.get("HTTP_AUTHORIZATION", ""),
            )
            with self._lock:
                self._requests.append(request)

    def requests(self) -> list[RecordedRequest]:
        """Return the finished requests in the order in which they began."""
        with self._lock:
            return sorted(self._requests)


class ClientRun:
    """A context in which a client can do its task at ``url`` with ``token``.

    ``retry_after`` is the number of seconds in the 429 response.
    """

    def __init__(self, retry_after: int) -> None:
        self._retry_after = retry_after
        self._app = create_app()
        self._recorder = RequestRecorder(self._app)
        self._server = Server(self._recorder, "127.0.0.1", 0)

    def __enter__(self) -> Self:
        self._server.start()
        self._sandbox = MockServer(url=self._server.url).sandbox(SANDBOX)
        self._sandbox.faults.replace_all(fault_rules(self._retry_after))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.stop()
        self._app.stop_background_work()

    @property
    def url(self) -> str:
        """The server's URL, without /v1."""
        return self._server.url

    @property
    def token(self) -> str:
        return self._sandbox.token

    def results(self) -> list[ClientResult]:
        """Judge what the client has done so far."""
        box = self._sandbox
        journal = [box.journal.get(entry["id"]) for entry in box.journal.list()]
        requests = self._recorder.requests()
        return judge(Evidence(self.token, self._retry_after, requests, journal, box.state.export()))


def report(command: str, exit_status: str, results: Sequence[ClientResult]) -> Report:
    """Return the report on a client; ``exit_status`` is empty if its command succeeded."""
    passed = sum(not result.problem for result in results)
    summary = f"{command}: {passed} of {len(results)} checks passed"
    if exit_status:
        summary += f"; the command {exit_status}"
    checks = [
        {
            "check": result.check.name,
            "description": result.check.description,
            "passed": not result.problem,
            "problem": result.problem,
            "fix": result.check.fix if result.problem else "",
        }
        for result in results
    ]
    totals = {"exit_status": exit_status, "passed": passed, "total": len(results)}
    return Report(
        suite="mockserver.check.client",
        subject=command,
        headings=HEADINGS,
        rows=[_row(result) for result in results],
        summary=summary,
        document={"command": command, **totals, "checks": checks},
    )


def _row(result: ClientResult) -> ReportRow:
    check, problem = result
    return ReportRow(
        check.name,
        "mockserver.check.client",
        (check.name, check.description, "FAILED" if problem else "ok"),
        [("", problem), ("fix: ", check.fix)] if problem else (),
        failure=problem,
        detail=f"{problem}\n{check.fix}",
    )
