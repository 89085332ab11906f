"""The installed command in a process: its streams, exit code and socket."""

from __future__ import annotations

import io
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import (
    ExitStack,
    chdir,
    closing,
    contextmanager,
    redirect_stderr,
    redirect_stdout,
    suppress,
)
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from mockserver.cli import main

TIMEOUT = 60.0
"""Seconds to wait for a process or a server before the test fails."""


@dataclass(frozen=True)
class Done:
    """A finished command: its exit code and output."""

    code: int
    out: str
    err: str

    def failed(self, code: int, *messages: str) -> Done:
        """Check the exit code and the error message, and that there is no traceback."""
        assert self.code == code, self
        for message in messages:
            assert message in self.err, self
        assert "Traceback" not in self.err
        assert self.out == ""
        return self


@dataclass(frozen=True)
class HttpResponse:
    """An HTTP response."""

    status: int
    headers: Any
    data: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.data)

    @property
    def message(self) -> str:
        """The message of the error object."""
        assert list(self.json) == ["type", "message", "documentation_url"], self
        assert self.json["type"] == ("api_error" if self.status >= 500 else "invalid_request")
        return str(self.json["message"])


class Serving:
    """A running `mockserver serve` that has printed its ready line."""

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
        """The content of standard error so far."""
        return self._errors.read_text(encoding="utf-8")

    @property
    def log(self) -> list[str]:
        """The log lines after the banner. It stops the server, which may write them late."""
        lines = self.stop().err.splitlines()
        return [line for line in lines[1:] if not line.startswith("  ")]

    def __call__(
        self,
        method: str,
        path: str,
        *,
        token: str | None = "sandbox_test",
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> HttpResponse:
        sent = {"Content-Type": "application/json"} if body is not None else {}
        sent |= {"Authorization": f"Bearer {token}"} if token is not None else {}
        sent |= headers or {}
        with closing(self.connection()) as connection:
            text = None if body is None else json.dumps(body)
            connection.request(method, path, body=text, headers=sent)
            response = connection.getresponse()
            return HttpResponse(response.status, response.headers, response.read())

    def ids(self, path: str, **options: Any) -> list[str]:
        """Return the ids of the first hundred objects of a list."""
        answer = self("GET", f"{path}?limit=100", **options)
        assert answer.status == 200, answer
        return [item["id"] for item in answer.json["data"]]

    def connection(self) -> HTTPConnection:
        """Return a connection for several requests."""
        return HTTPConnection(self.host.strip("[]"), int(self.port), timeout=TIMEOUT)

    def connect(self) -> socket.socket:
        """Return a raw connection."""
        return socket.create_connection((self.host.strip("[]"), int(self.port)), timeout=TIMEOUT)

    def stop(self, number: int = signal.SIGTERM) -> Done:
        """Send a signal and wait for the end; ``out`` is all of standard output."""
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=TIMEOUT)
        return Done(self.process.returncode, self.line + rest, self.stderr)


class Commands:
    """Runs the installed command in a folder, without inherited settings."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self._stack = stack
        self._numbers = itertools.count(1)

    def start(self, *arguments: object, **variables: str) -> tuple[subprocess.Popen[str], Path]:
        """Start the command; return the process and the file of its standard error."""
        errors = self.folder / f"stderr-{next(self._numbers)}"
        process = self._stack.enter_context(
            started(command(), *arguments, folder=self.folder, errors=errors, variables=variables)
        )
        return process, errors

    def run(self, *arguments: object, **variables: str) -> Done:
        """Run the command and wait for it."""
        process, errors = self.start(*arguments, **variables)
        out, _ = process.communicate(timeout=TIMEOUT)
        return Done(process.returncode, out, errors.read_text(encoding="utf-8"))

    def invoke(self, *arguments: object, **variables: str) -> Done:
        """Run a command in this process, which is faster; not for serve and run."""
        out, err = io.StringIO(), io.StringIO()
        with ExitStack() as stack:
            stack.enter_context(patch.dict(os.environ, environment(variables), clear=True))
            stack.enter_context(chdir(self.folder))
            stack.enter_context(redirect_stdout(out))
            stack.enter_context(redirect_stderr(err))
            ended = stack.enter_context(pytest.raises(SystemExit))
            main(list(map(str, arguments)), prog_name="mockserver")
        return Done(int(ended.value.code or 0), out.getvalue(), err.getvalue())

    def serve(self, *arguments: object, **variables: str) -> Serving:
        """Start a server, by default on a free port, and wait for its ready line."""
        port = () if "--port" in arguments or "MOCKSERVER_PORT" in variables else ("--port", 0)
        return Serving(*self.start("serve", *port, *arguments, **variables))


def environment(variables: dict[str, str]) -> dict[str, str]:
    """Return the environment with these variables, and without inherited settings."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MOCKSERVER_", "FLASK_")) and not name.lower().endswith("_proxy")
    }
    return {**inherited, **variables}


def command() -> str:
    """Return the path of the installed command."""
    path = shutil.which("mockserver", path=sysconfig.get_path("scripts"))
    assert path, "install the package first: pip install -e '.[test]'"
    return path


@contextmanager
def started(
    *words: object, folder: Path, errors: Path, variables: dict[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """Start a process without inherited settings; kill it after the block."""
    with (
        errors.open("w") as sink,
        subprocess.Popen(
            list(map(str, words)),
            cwd=folder,
            env=environment(variables),
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
    """Commands in the test's folder."""
    with ExitStack() as stack:
        yield Commands(tmp_path, stack)


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    """A named pipe that processes hold open: reading it to the end waits until all have ended.

    Opening it for reading waits until a process has opened it for writing.
    """
    pipe = tmp_path / "marker"
    os.mkfifo(pipe)
    return pipe


@pytest.fixture(scope="module")
def shared_commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """Commands whose servers are shared by all tests of a module."""
    with ExitStack() as stack:
        yield Commands(tmp_path_factory.mktemp("commands"), stack)


@pytest.fixture(scope="session")
def free_ports() -> Iterator[int]:
    """Free ports, below the range that a system assigns for port 0.

    Parallel test processes search in different ranges.
    """
    return filter(is_free, itertools.count(20_000 + os.getpid() % 100 * 100))


def is_free(port: int) -> bool:
    with socket.socket() as sock, suppress(OSError):
        sock.bind(("127.0.0.1", port))
        return True
    return False
