"""A pytest plugin that puts Prism's proxy before every server that a test's client calls.

``pytest -p tests.external.prism --prism COMMAND --prism-document FILE tests/contract``

Prism responds in the server's place if a request or a response violates the document. The plugin
sends a request that Prism refused to the server directly: the server must refuse it too, else the
document forbids what the API accepts. A response that Prism refused is always a failure.
"""

from __future__ import annotations

import json
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import IO, Any
from urllib.parse import unquote_to_bytes

import pytest

from tests.conftest import Client, HttpResponse

API = "/v1"
PROBLEM = "https://stoplight.io/prism/errors#"
VIOLATIONS = PROBLEM + "VIOLATIONS"
#: Prism's messages for a form or a query with 1 or 0 as a boolean, or with one value of an array
#: without brackets. The API accepts both, as the descriptions in the document say. A schema that
#: says so would give generated clients weaker types.
ONLY_DESCRIBED = ("must be boolean", "must be array")
Call = Callable[..., HttpResponse]


class Violation(AssertionError):
    """Prism and the server disagree."""


@dataclass
class PrismProxies:
    """The proxies, one per server, and counts of the requests sent through them."""

    command: str
    document: str
    stack: ExitStack
    passed: int = 0
    refused: int = 0
    #: Numbers of requests that bypassed Prism, by reason.
    bypassed: dict[str, int] = field(default_factory=dict)
    _urls: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wrap(self, call: Call) -> Call:
        """Return ``Client.__call__`` sent through Prism."""

        def call_through_prism(
            client: Client, method: str, path: str, **options: Any
        ) -> HttpResponse:
            if not path.startswith(API + "/"):
                return call(client, method, path, **options)
            reason = bypass_reason(method, path, options)
            if reason:
                self.bypassed[reason] = self.bypassed.get(reason, 0) + 1
                return call(client, method, path, **options)
            proxy = replace(client, url=self.url(client.url))
            response = call(proxy, method, path.removeprefix(API), **options)
            problem = prism_problem(response)
            if problem is None:
                self.passed += 1
                return response
            if problem["type"] == VIOLATIONS:
                raise Violation(f"{method} {path}: {problem['validation']}")
            direct = call(client, method, path, **options)
            if direct.status < 400 and not is_only_described(problem, options):
                raise Violation(
                    f"{method} {path} is accepted ({direct.status}), refused by Prism: {problem}"
                )
            self.refused += 1
            return direct

        return call_through_prism

    def url(self, upstream: str) -> str:
        """Return the URL of a server's proxy; start the proxy if it is not running."""
        with self._lock:
            if upstream not in self._urls:
                self._urls[upstream] = self._start(upstream)
            return self._urls[upstream]

    def _start(self, upstream: str) -> str:
        port = free_port()
        command = [self.command, "proxy", self.document, upstream + API]
        options = ["--errors", "--cors", "false", "--port", str(port)]
        process = self.stack.enter_context(
            subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        )
        self.stack.callback(process.kill)
        assert process.stdout
        output = b""
        for line in process.stdout:
            output += line
            if b"Prism is listening" in line:
                # It logs every request, and would block once the pipe is full.
                threading.Thread(target=drain, args=(process.stdout,), daemon=True).start()
                return f"http://127.0.0.1:{port}"
        raise RuntimeError(f"Prism did not start: {output.decode(errors='replace')}")


def bypass_reason(method: str, path: str, options: Mapping[str, Any]) -> str:
    """Return why a request cannot pass Prism unchanged; empty if it can."""
    headers = {name.lower(): value for name, value in (options.get("headers") or {}).items()}
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if method in ("HEAD", "OPTIONS"):
        return "the document has no HEAD, and Prism answers OPTIONS itself"
    if "body" in options:
        return "a body as bytes: Prism parses JSON and serializes it again"
    if "host" in headers or "transfer-encoding" in headers:
        return "Prism sets the headers of the connection itself"
    if scheme not in ("", "Bearer", "Basic") or (scheme == "Basic" and credentials.endswith("=")):
        return "Prism matches schemes by case, and splits Basic credentials at every colon"
    if not is_text(unquote_to_bytes(path)):
        return "Prism crashes at a path that is not UTF-8"
    if ("message", "") in (options.get("form") or ()):
        return "Prism drops names with brackets, such as the attachments of an empty message"
    for name, value in options.get("multipart") or ():
        filename, content = value[:2] if isinstance(value, tuple) else ("", value)
        if "%" in f"{name}{filename}{content}" or "\\" in filename:
            return "Prism crashes at a percent sign in a part, and at a backslash in a filename"
        if isinstance(content, bytes) and not is_text(content):
            return "Prism forwards files as text"
    return ""


def is_only_described(problem: Mapping[str, Any], options: Mapping[str, Any]) -> bool:
    """Return whether Prism refuses only what the document allows in its descriptions."""
    errors = problem.get("validation") or [{"message": ""}]
    return "json" not in options and all(
        error["message"].endswith(ONLY_DESCRIBED) for error in errors
    )


def prism_problem(response: HttpResponse) -> dict[str, Any] | None:
    """Return the problem that Prism reports; None for a response of the server."""
    if response.headers.get("Content-Type") != "application/problem+json":
        return None
    problem: dict[str, Any] = json.loads(response.data)
    return problem if str(problem.get("type", "")).startswith(PROBLEM) else None


def is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def drain(stream: IO[bytes]) -> None:
    for _ in stream:
        pass


def free_port() -> int:
    """Return a free port; Prism cannot choose one itself."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--prism", required=True, help="The Prism command.")
    parser.addoption("--prism-document", required=True, help="The OpenAPI document.")


PROXIES = pytest.StashKey[PrismProxies]()


@pytest.fixture(scope="session", autouse=True)
def prism(request: pytest.FixtureRequest) -> Iterator[None]:
    config = request.config
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        proxies = PrismProxies(
            config.getoption("--prism"), config.getoption("--prism-document"), stack
        )
        patch.setattr(Client, "__call__", proxies.wrap(Client.__call__))
        config.stash[PROXIES] = proxies
        yield


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    proxies = config.stash.get(PROXIES, None)
    if proxies:
        for reason, count in sorted(proxies.bypassed.items()):
            terminalreporter.write_line(f"Prism: {count} bypassed: {reason}")
        terminalreporter.write_line(
            f"Prism: {proxies.passed} passed, {proxies.refused} refused by both"
        )
