"""A run of the client check: a served sandbox with faults, and the report."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from mockserver.checks.client.checks import ClientResult, Evidence, RecordedRequest, fault_rules
from mockserver.checks.report import Report, ReportRow
from mockserver.client.mockserver import MockServer
from mockserver.client.sandbox import Sandbox
from mockserver.server import Server
from mockserver.storage.clock import stopwatch
from mockserver.web.app import create_app

#: The variables of a request's environ that are recorded, as ``RecordedRequest`` orders them.
RECORDED = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "HTTP_AUTHORIZATION")


class RequestRecorder:
    """WSGI middleware that records requests to the API."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        #: The requests in the order in which they ended.
        self.requests: list[RecordedRequest] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith("/v1"):
            return self._app(environ, start_response)
        began = stopwatch()
        try:
            return self._app(environ, start_response)
        finally:
            facts = (environ.get(name, "") for name in RECORDED)
            self.requests.append(RecordedRequest(began, stopwatch(), *facts))


@dataclass(frozen=True)
class ClientRun:
    """A served sandbox in which a client can do its task; ``url`` is without /v1."""

    url: str
    sandbox: Sandbox
    recorder: RequestRecorder
    retry_after: int

    def results(self) -> list[ClientResult]:
        """Judge the requests so far, and return the results of all checks."""
        sandbox = self.sandbox
        journal = [sandbox.journal.get(entry["id"]) for entry in sandbox.journal.list()]
        requests, state = sorted(self.recorder.requests), sandbox.state.export()
        return Evidence(sandbox.token, self.retry_after, requests, journal, state).judge()


@contextmanager
def client_run(retry_after: int) -> Iterator[ClientRun]:
    """Serve a sandbox with faults; ``retry_after`` is in seconds."""
    app = create_app()
    recorder = RequestRecorder(app)
    try:
        with Server(recorder) as server:
            sandbox = MockServer(url=server.url).sandbox("check-client")
            sandbox.faults.replace_all(fault_rules(retry_after))
            yield ClientRun(server.url, sandbox, recorder, retry_after)
    finally:
        app.stop_background_work()


def report(command: str, exit_status: str, results: Sequence[ClientResult]) -> Report:
    """Return the report on a client; ``exit_status`` is empty if the command succeeded."""
    passed = sum(not result.problem for result in results)
    summary = f"{command}: {passed} of {len(results)} checks passed"
    if exit_status:
        summary += f"; the command {exit_status}"
    checks = [
        {
            "check": result.name,
            "description": result.description,
            "passed": not result.problem,
            "problem": result.problem,
            "fix": result.fix if result.problem else "",
        }
        for result in results
    ]
    totals = {"exit_status": exit_status, "passed": passed, "total": len(results)}
    return Report(
        suite="mockserver.check.client",
        subject=command,
        headings=("check", "expected", "verdict"),
        rows=[_row(result) for result in results],
        summary=summary,
        document={"command": command, **totals, "checks": checks},
    )


def _row(result: ClientResult) -> ReportRow:
    name, description, fix, problem = result
    return ReportRow(
        name,
        "mockserver.check.client",
        (name, description, "FAILED" if problem else "ok"),
        [("", problem), ("fix: ", fix)] if problem else (),
        failure=problem,
        detail=f"{problem}\n{fix}",
    )
