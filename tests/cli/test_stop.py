"""Stopping a server, whatever its clients are doing."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import Serving, command, started

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Commands

#: Executes the rest of the words with all signals blocked, as a thread of a server may.
BLOCK_SIGNALS = """
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
os.execv(sys.argv[1], sys.argv[1:])
"""
SIGNALS = (signal.SIGINT, signal.SIGTERM)
HEAD = "Host: localhost\r\nAuthorization: Bearer a\r\n"


def idle(serving: Serving) -> socket.socket:
    """Open a connection that has had a response, and keep it."""
    client = serving.connect()
    client.sendall(f"GET /_sandbox/health HTTP/1.1\r\n{HEAD}\r\n".encode())
    assert client.recv(12) == b"HTTP/1.1 200"
    return client


def silent(serving: Serving) -> socket.socket:
    """Open a connection without a request."""
    return serving.connect()


def slow(serving: Serving) -> socket.socket:
    """Open a connection that has sent half of a body."""
    client = serving.connect()
    head = f"POST /v1/contacts HTTP/1.1\r\n{HEAD}Expect: 100-continue\r\nContent-Length: 1000\r\n"
    client.sendall(f"{head}\r\n".encode())
    assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.sendall(b"a" * 500)
    return client


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("client", [idle, silent, slow])
def test_a_signal_ends_a_server_with_open_connections(
    commands: Commands, number: signal.Signals, client: Callable[[Serving], socket.socket]
) -> None:
    serving = commands.serve()
    with client(serving) as sock:
        done = serving.stop(number)
        with suppress(ConnectionResetError):  # the server had not accepted it yet
            while sock.recv(65536):  # until the server closes it
                pass
    assert (done.code, done.out) == (0, serving.line)
    assert "Traceback" not in done.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_a_start_that_reads_fixtures(
    commands: Commands, number: signal.Signals
) -> None:
    pipe = commands.folder / "fixtures.json"
    os.mkfifo(pipe)
    process, errors = commands.start("serve", "--port", 0, "--fixtures", pipe)
    with pipe.open("w"):  # waits for the reader, which then waits for us
        process.send_signal(number)
        out, _ = process.communicate(timeout=60)
    assert (process.returncode, out, errors.read_text()) == (0, "", "")


def test_a_second_signal_does_no_harm(commands: Commands) -> None:
    serving = commands.serve("--ready-file", "ready.json")
    serving.process.send_signal(signal.SIGINT)
    done = serving.stop(signal.SIGINT)
    assert (done.code, done.out) == (0, serving.line)
    assert "Traceback" not in done.err


@pytest.mark.parametrize("numbers", [SIGNALS, SIGNALS[::-1], SIGNALS * 10], ids=len)
def test_simultaneous_signals_end_the_server(
    commands: Commands, numbers: tuple[signal.Signals, ...]
) -> None:
    serving = commands.serve()
    for number in numbers:
        serving.process.send_signal(number)
    done = serving.stop(numbers[0])
    assert (done.code, done.out) == (0, serving.line)
    assert done.err.splitlines()[-1].startswith("  try ")  # only the banner


def test_the_port_is_free_after_the_stop(commands: Commands) -> None:
    first = commands.serve()
    with idle(first):
        first.stop()
    again = commands.serve("--port", first.port)
    assert again.url == first.url
    assert again("GET", "/v1/contacts").status == 200


def test_a_signal_that_the_parent_blocks_is_heard(tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    words = (sys.executable, "-c", BLOCK_SIGNALS, command(), "serve", "--port", 0)
    with started(*words, folder=tmp_path, errors=errors, variables={}) as process:
        assert Serving(process, errors).stop().code == 0
