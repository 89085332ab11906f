"""`mockserver run` relays signals to the command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import TIMEOUT, command

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Commands

#: Writes each signal to the marker and continues; exits with 5 at SIGUSR2. The signals are
#: blocked, so that none is lost between two waits.
TELL = """
import os, signal, sys
numbers = {1, 2, 3, 10, 12, 15}
signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
marker = os.open(sys.argv[1], os.O_WRONLY)
os.write(marker, b"ready\\n")
while True:
    number = signal.sigwait(numbers)
    os.write(marker, f"{signal.Signals(number).name}\\n".encode())
    if number == signal.SIGUSR2:
        os._exit(5)
"""
WAIT = 'exec 3>"$0"; echo ready >&3; exec tail -f /dev/null'


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1"])
def test_each_signal_is_relayed(commands: Commands, marker: Path, name: str) -> None:
    process, _ = commands.start("run", "--", sys.executable, "-c", TELL, marker)
    with marker.open() as lines:
        assert lines.readline() == "ready\n"
        for _ in range(3):
            process.send_signal(getattr(signal, name))
            assert lines.readline() == f"{name}\n"
        process.send_signal(signal.SIGUSR2)
        assert lines.read() == "SIGUSR2\n"
    assert process.wait(TIMEOUT) == 5


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_unhandled_signal_ends_the_command(
    commands: Commands, marker: Path, number: int
) -> None:
    process, errors = commands.start("run", "--", "sh", "-c", WAIT, marker)
    with marker.open() as lines:
        assert lines.readline() == "ready\n"
        process.send_signal(number)
        assert lines.read() == ""
    assert process.wait(TIMEOUT) == 128 + number
    assert errors.read_text() == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_during_the_start_prevents_the_command(
    commands: Commands, marker: Path, number: int
) -> None:
    ran = commands.folder / "ran"
    process, errors = commands.start("run", "--fixtures", marker, "--", "touch", ran)
    with marker.open("w"):  # waits for the reader, which then waits for us
        process.send_signal(number)
        assert process.wait(TIMEOUT) == 128 + number
    assert errors.read_text() == ""
    assert not ran.exists()


def test_a_signal_ignored_by_nohup_stays_ignored(commands: Commands, marker: Path) -> None:
    words = ["nohup", command(), "run", "--", "sh", "-c", "exec 3>marker; echo >&3; read x; exit 4"]
    with (
        subprocess.Popen(
            words, cwd=commands.folder, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process,
        marker.open() as lines,
    ):
        assert lines.readline() == "\n"
        process.send_signal(signal.SIGHUP)
        process.communicate("done\n", timeout=TIMEOUT)
    assert process.returncode == 4


def test_the_server_answers_until_the_command_has_ended(commands: Commands, marker: Path) -> None:
    ask = f"""
import signal, sys, os, urllib.request
def ask(*_):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({{}}))
    os._exit(direct.open(os.environ["MOCKSERVER_URL"] + "/_sandbox/health").status - 200)
signal.signal(signal.SIGTERM, ask)
open({str(marker)!r}, "w").write("ready")
while True:
    signal.pause()
"""
    process, _ = commands.start("run", "--", sys.executable, "-c", ask)
    with marker.open() as lines:
        assert lines.read() == "ready"
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(TIMEOUT) == 0
