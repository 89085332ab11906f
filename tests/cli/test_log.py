"""The log of `mockserver serve`: nothing that happens to it reaches the clients."""

from __future__ import annotations

import errno
import io
import json
import logging
import os
import re
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mockserver.cli import log
from mockserver.cli.log import LogWriter
from tests.cli.conftest import TIMEOUT, command, environment

LONG = 40 * ["x" * 8000]
"""Paths whose log lines are more than a pipe holds."""


@contextmanager
def serving(
    folder: Path, *, words: Sequence[str] = (), encoding: str = "utf-8", **options: Any
) -> Iterator[tuple[Any, HTTPConnection]]:
    """Start a server; yield its process and a connection to it."""
    process: subprocess.Popen[bytes]
    with subprocess.Popen(
        [*words, command(), "serve", "--port", "0", "--fixtures", "empty", "--seed", "Ж"],
        cwd=folder,
        env=environment({"PYTHONIOENCODING": f"{encoding}:strict"}),
        stdout=subprocess.PIPE,
        **options,
    ) as process:
        try:
            assert process.stdout is not None
            port = re.search(rb'"port": (\d+)', process.stdout.readline())
            assert port is not None
            with closing(HTTPConnection("127.0.0.1", int(port[1]), timeout=TIMEOUT)) as connection:
                yield process, connection
        finally:
            process.kill()


def get(connection: HTTPConnection, path: str) -> int:
    connection.request("GET", path)
    with connection.getresponse() as response:
        response.read()
        return response.status


def check_service(process: Any, connection: HTTPConnection) -> None:
    """Check that requests are served and that the server ends as it should."""
    assert {get(connection, f"/{name}") for name in LONG} == {404}
    assert get(connection, "/_sandbox/health") == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(TIMEOUT) == 0


def test_a_log_that_is_not_read_stops_nothing(tmp_path: Path) -> None:
    with serving(tmp_path, stderr=subprocess.PIPE) as (process, connection):
        check_service(process, connection)


def test_a_log_that_is_read_late_is_complete(tmp_path: Path) -> None:
    with serving(tmp_path, stderr=subprocess.PIPE) as (process, connection):
        for number, name in enumerate(LONG):
            assert get(connection, f"/{number}/{name}") == 404
        lines = [process.stderr.readline() for _ in range(45)]
        paths = [re.match(rb"\S+Z GET /(\d+)/x+ 404 ", line) for line in lines]
        assert [int(path[1]) for path in paths if path] == list(range(40))
        process.send_signal(signal.SIGTERM)
        assert process.wait(TIMEOUT) == 0


def test_a_closed_log_stops_nothing(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as stderr, serving(tmp_path, stderr=stderr) as running:
        check_service(*running)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs Linux's /dev/full")
def test_a_full_disk_stops_nothing(tmp_path: Path) -> None:
    with open("/dev/full", "wb") as stderr, serving(tmp_path, stderr=stderr) as running:
        check_service(*running)


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
def test_a_missing_standard_error_stops_nothing(tmp_path: Path) -> None:
    with serving(tmp_path, words=("sh", "-c", 'exec "$@" 2>&-', "sh")) as running:
        check_service(*running)


def test_the_log_escapes_what_its_encoding_lacks(tmp_path: Path) -> None:
    with serving(tmp_path, encoding="latin-1", stderr=subprocess.PIPE) as (process, connection):
        assert get(connection, "/_sandbox/health") == 200
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=TIMEOUT)
    assert rb"fixtures   empty (seed \u0416, clock" in log
    assert b" GET /_sandbox/health 200" in log.splitlines()[-1]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs Linux's /dev/full")
def test_an_output_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    file = tmp_path / "ready.json"
    arguments = (command(), "serve", "--port", "0", "--ready-file", str(file))
    with (
        open("/dev/full", "wb") as stdout,
        subprocess.Popen(arguments, stdout=stdout, stderr=subprocess.PIPE) as process,
    ):
        assert process.stderr is not None
        warning = b" cannot write the ready line to standard output: No space left on device\n"
        assert any(line.endswith(warning) for line in iter(process.stderr.readline, b""))
        port = json.loads(file.read_text())["port"]
        with closing(HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)) as connection:
            assert get(connection, "/_sandbox/health") == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(TIMEOUT) == 0


@pytest.fixture
def record() -> Any:
    return lambda text: logging.makeLogRecord({"msg": "%s", "args": (text,)})


def test_dropped_lines_are_counted_once(monkeypatch: pytest.MonkeyPatch, record: Any) -> None:
    monkeypatch.setattr(log, "MAX_QUEUED", 10)
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as stderr, os.fdopen(reader) as lines:
        monkeypatch.setattr("sys.stderr", stderr)
        handler = LogWriter()
        handler.setFormatter(logging.Formatter())
        handler.handle(record("x" * 1_000_000))
        assert lines.read(1) == "x"  # the rest waits in a write
        for number in range(15):
            handler.handle(record(number))
        assert len(lines.readline()) == 1_000_000
        notice = "Z 5 log lines were dropped: the log is not being read\n"
        assert lines.readline().endswith(notice)
        assert [lines.readline() for _ in range(10)] == [f"{number}\n" for number in range(5, 15)]
        handler.handle(record("later"))
        assert lines.readline() == "later\n"
        handler.flush()


def test_lines_that_cannot_be_written_are_counted_once(
    monkeypatch: pytest.MonkeyPatch, record: Any
) -> None:
    file, errors = io.BytesIO(), [OSError(errno.ENOSPC, "no space")] * 3

    def write(data: bytes) -> int:
        if errors:
            raise errors.pop()
        return file.write(data[:3])

    raw = SimpleNamespace(write=write)
    stderr = SimpleNamespace(buffer=SimpleNamespace(raw=raw), encoding="utf-8")
    monkeypatch.setattr("sys.stderr", stderr)
    handler = LogWriter()
    handler.setFormatter(logging.Formatter())
    for text in ("first", "second", "third"):
        handler.handle(record(text))
        handler.flush()
    notice, last = file.getvalue().decode().splitlines()
    assert notice.endswith("Z 2 log lines were dropped: the log cannot be written (no space)")
    assert last == "third"


def test_a_record_that_cannot_be_formatted_is_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (tmp_path / "log").open("w") as stderr:
        monkeypatch.setattr("sys.stderr", stderr)
        handler = LogWriter()
        handler.handle(logging.makeLogRecord({"msg": "%d", "args": ("x",)}))
        handler.write("next")
        handler.flush()
    first, second = (tmp_path / "log").read_text().splitlines()
    assert first.startswith("a log record cannot be formatted: TypeError")
    assert second == "next"
