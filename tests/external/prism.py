"""A pytest plugin that puts Prism's proxy before every server that a test's client calls.

``pytest -p tests.external.prism --prism COMMAND --prism-document FILE tests/contract``

Prism answers in the server's place where a request or an answer is not as the document says. What
it refuses goes to the server directly: there it must be refused too, or the document forbids what
the API takes. An answer that it refuses is wrong in any case.
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

from tests.conftest import Answer, Client

API = "/v1"
PROBLEM = "https://stoplight.io/prism/errors#"
VIOLATIONS = PROBLEM + "VIOLATIONS"
#: What Prism says of a form or a query that has 1 or 0 for a boolean, or one value of an array
#: without brackets. Both are taken, as the documents tell in words; said as a schema they would
#: cost generated clients their types.
IN_WORDS = ("must be boolean", "must be array")
Call = Callable[..., Answer]


class Violation(AssertionError):
    """Prism and the server disagree."""


@dataclass
class Judge:
    """The proxies, one for each server, and what came of the requests that went through them."""

    command: str
    document: str
    proxies: ExitStack
    passed: int = 0
    refused: int = 0
    #: How many did not go through, by the reason.
    spared: dict[str, int] = field(default_factory=dict)
    _urls: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def judged(self, call: Call) -> Call:
        """``Client.__call__``, by way of Prism."""

        def through(client: Client, method: str, path: str, **options: Any) -> Answer:
            if not path.startswith(API + "/"):
                return call(client, method, path, **options)
            reason = unfit(method, path, options)
            if reason:
                self.spared[reason] = self.spared.get(reason, 0) + 1
                return call(client, method, path, **options)
            proxy = replace(client, url=self.url(client.url))
            answer = call(proxy, method, path.removeprefix(API), **options)
            told = problem(answer)
            if told is None:
                self.passed += 1
                return answer
            if told["type"] == VIOLATIONS:
                raise Violation(f"{method} {path}: {told['validation']}")
            own = call(client, method, path, **options)
            if own.status < 400 and not only_in_words(told, options):
                raise Violation(f"{method} {path} is taken ({own.status}), but by Prism: {told}")
            self.refused += 1
            return own

        return through

    def url(self, upstream: str) -> str:
        """Where the proxy of a server is, started now if there is none yet."""
        with self._lock:
            if upstream not in self._urls:
                self._urls[upstream] = self._started(upstream)
            return self._urls[upstream]

    def _started(self, upstream: str) -> str:
        port = free_port()
        command = [self.command, "proxy", self.document, upstream + API]
        options = ["--errors", "--cors", "false", "--port", str(port)]
        process = self.proxies.enter_context(
            subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        )
        self.proxies.callback(process.kill)
        assert process.stdout
        said = b""
        for line in process.stdout:
            said += line
            if b"Prism is listening" in line:
                # It logs every request: what nobody reads would hold it up.
                threading.Thread(target=drain, args=(process.stdout,), daemon=True).start()
                return f"http://127.0.0.1:{port}"
        raise RuntimeError(f"Prism did not start: {said.decode(errors='replace')}")


def unfit(method: str, path: str, options: Mapping[str, Any]) -> str:
    """Why a request cannot go through Prism unchanged; empty where it can."""
    headers = {name.lower(): value for name, value in (options.get("headers") or {}).items()}
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if method in ("HEAD", "OPTIONS"):
        return "no document has HEAD; OPTIONS is Prism's own affair"
    if "body" in options:
        return "a body as bytes: Prism reads JSON and writes it anew"
    if "host" in headers or "transfer-encoding" in headers:
        return "the connection's headers are Prism's own"
    if scheme not in ("", "Bearer", "Basic") or (scheme == "Basic" and credentials.endswith("=")):
        return "Prism knows schemes by their case, and splits what is Basic at every colon"
    if not is_text(unquote_to_bytes(path)):
        return "Prism ends at a path that is no UTF-8"
    if ("message", "") in (options.get("form") or ()):
        return "Prism drops a name with brackets, as the attachments of an empty message have"
    for name, value in options.get("multipart") or ():
        filename, content = value[:2] if isinstance(value, tuple) else ("", value)
        if "%" in f"{name}{filename}{content}" or "\\" in filename:
            return "Prism ends at a percent sign in a part, and at a backslash in a file's name"
        if isinstance(content, bytes) and not is_text(content):
            return "Prism forwards a file as text"
    return ""


def only_in_words(told: Mapping[str, Any], options: Mapping[str, Any]) -> bool:
    """Whether all that Prism has against a request is what the document says in words only."""
    found = told.get("validation") or [{"message": ""}]
    return "json" not in options and all(each["message"].endswith(IN_WORDS) for each in found)


def problem(answer: Answer) -> dict[str, Any] | None:
    """What Prism itself has to say; None of an answer that is the server's."""
    if answer.headers.get("Content-Type") != "application/problem+json":
        return None
    told: dict[str, Any] = json.loads(answer.data)
    return told if str(told.get("type", "")).startswith(PROBLEM) else None


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
    """One that nobody listens on; Prism cannot pick its own."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--prism", required=True, help="The command that is Prism.")
    parser.addoption("--prism-document", required=True, help="The OpenAPI document to judge by.")


JUDGE = pytest.StashKey[Judge]()


@pytest.fixture(scope="session", autouse=True)
def judge(request: pytest.FixtureRequest) -> Iterator[None]:
    config = request.config
    with ExitStack() as proxies, pytest.MonkeyPatch.context() as patch:
        judge = Judge(config.getoption("--prism"), config.getoption("--prism-document"), proxies)
        patch.setattr(Client, "__call__", judge.judged(Client.__call__))
        config.stash[JUDGE] = judge
        yield


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    judge = config.stash.get(JUDGE, None)
    if judge:
        for reason, count in sorted(judge.spared.items()):
            terminalreporter.write_line(f"Prism: {count} spared: {reason}")
        terminalreporter.write_line(
            f"Prism: {judge.passed} passed, {judge.refused} refused by both"
        )
