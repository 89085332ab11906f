"""The command as its users run it: a process, its two streams, its exit code, and its socket."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

GIVE_UP = 60.0
"""Seconds after which a process or a server that does not answer is given up as hanging."""


@dataclass(frozen=True)
class Done:
    """A command that has ended: its exit code, and what it wrote to its two streams."""

    code: int
    out: str
    err: str

    def failed(self, code: int, *said: str) -> Done:
        """Check the exit code, that standard error says it all, and that nothing blew up."""
        assert self.code == code, self
        for words in said:
            assert words in self.err, self
        assert "Traceback" not in self.err
        assert self.out == ""
        return self


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: Any
    data: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.data)

    @property
    def message(self) -> str:
        """The message of the error object that this must be."""
        assert list(self.json) == ["type", "message", "documentation_url"], self
        assert self.json["type"] == ("api_error" if self.status >= 500 else "invalid_request")
        return str(self.json["message"])


class Serving:
    """A `mockserver serve` that has announced itself. Its standard error goes to a file."""

    def __init__(self, process: subprocess.Popen[str], errors: Path) -> None:
        assert process.stdout
        self.process = process
        self._errors = errors
        self.line = process.stdout.readline()
        assert self.line, self.stderr
        self.ready: dict[str, Any] = json.loads(self.line)
        self.url: str = self.ready["url"]
        self.host, _, self.port = self.url.removeprefix("http://").rpartition(":")

    @property
    def stderr(self) -> str:
        """What was written to standard error so far."""
        return self._errors.read_text(encoding="utf-8")

    @property
    def log(self) -> list[str]:
        """The lines after the banner."""
        lines = self.stderr.splitlines()
        return [line for line in lines[1:] if not line.startswith("  ")]

    def __call__(
        self,
        method: str,
        path: str,
        *,
        token: str | None = "sandbox_test",
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        sent = {"Content-Type": "application/json"} if body is not None else {}
        sent |= {"Authorization": f"Bearer {token}"} if token is not None else {}
        sent |= headers or {}
        connection = HTTPConnection(self.host.strip("[]"), int(self.port), timeout=GIVE_UP)
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, path, body=text, headers=sent)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def ids(self, path: str, **options: Any) -> list[str]:
        """The ids of the first hundred objects of a list."""
        answer = self("GET", f"{path}?limit=100", **options)
        assert answer.status == 200, answer
        return [one["id"] for one in answer.json["data"]]

    def connect(self) -> socket.socket:
        """A connection on which to speak byte by byte."""
        return socket.create_connection((self.host.strip("[]"), int(self.port)), timeout=GIVE_UP)

    def stop(self, number: int = signal.SIGTERM) -> Done:
        """Send a signal, and wait for the end; ``out`` holds all of standard output."""
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=GIVE_UP)
        return Done(self.process.returncode, self.line + rest, self.stderr)


class Commands:
    """Runs the installed command, in a folder and an environment of its own."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self._stack = stack
        self._numbers = itertools.count(1)

    def start(self, *arguments: object, **variables: str) -> tuple[subprocess.Popen[str], Path]:
        """Start the command; returns the process, and the file of its standard error."""
        errors = self.folder / f"stderr-{next(self._numbers)}"
        process = self._stack.enter_context(
            started(command(), *arguments, folder=self.folder, errors=errors, variables=variables)
        )
        return process, errors

    def run(self, *arguments: object, **variables: str) -> Done:
        """Run the command to its end."""
        process, errors = self.start(*arguments, **variables)
        out, _ = process.communicate(timeout=GIVE_UP)
        return Done(process.returncode, out, errors.read_text(encoding="utf-8"))

    def serve(self, *arguments: object, **variables: str) -> Serving:
        """Start a server, on a free port where none is named, and wait for its ready line."""
        port = () if "--port" in arguments or "MOCKSERVER_PORT" in variables else ("--port", 0)
        return Serving(*self.start("serve", *port, *arguments, **variables))


def command() -> str:
    """The path of the installed command."""
    found = shutil.which("mockserver", path=sysconfig.get_path("scripts"))
    assert found, "install the package first: pip install -e '.[test]'"
    return found


@contextmanager
def started(
    *words: object, folder: Path, errors: Path, variables: dict[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """A process in an environment without our own variables; it does not outlive the block."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("MOCKSERVER_", "FLASK_"))}
    with (
        errors.open("w") as sink,
        subprocess.Popen(
            list(map(str, words)),
            cwd=folder,
            env={**inherited, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=sink,
            encoding="utf-8",
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def commands(tmp_path: Path) -> Iterator[Commands]:
    """Runs commands in the test's own folder."""
    with ExitStack() as stack:
        yield Commands(tmp_path, stack)


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    """A named pipe, for processes to hold: whoever reads it to its end knows that all have ended.

    Opening it to read waits until the first has opened it to write.
    """
    pipe = tmp_path / "marker"
    os.mkfifo(pipe)
    return pipe


@pytest.fixture(scope="module")
def shared_commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """Runs servers for all tests of a module, which must not disturb each other."""
    with ExitStack() as stack:
        yield Commands(tmp_path_factory.mktemp("commands"), stack)


@pytest.fixture(scope="session")
def free_ports() -> Iterator[int]:
    """Ports that nobody listens on, below those that systems give to whoever asks for port 0.

    Processes that were started together find theirs far from each other.
    """
    return filter(is_free, itertools.count(20_000 + os.getpid() % 100 * 100))


def is_free(port: int) -> bool:
    with socket.socket() as sock, suppress(OSError):
        sock.bind(("127.0.0.1", port))
        return True
    return False
