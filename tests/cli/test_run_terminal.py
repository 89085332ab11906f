"""`mockserver run` at a terminal: reading from it, Ctrl-C and Ctrl-Z."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import TIMEOUT, command

if TYPE_CHECKING:
    from pathlib import Path

Terminal = subprocess.Popen[str]
CTRL_C, CTRL_Z = "\x03", "\x1a"

#: A terminal for a command, with pipes as keyboard and screen. At Ctrl-C a terminal discards
#: pending output, unless NOFLSH is set.
PTY = """
import os, pty, sys
words = ["sh", "-c", 'stty noflsh && exec "$@"', "sh", *sys.argv[1:]]
sys.exit(os.waitstatus_to_exitcode(pty.spawn(words)))
"""
#: A shell with one job, which gets the terminal, and again after it was stopped.
SHELL = """
import os, signal, subprocess, sys
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
job = subprocess.Popen(sys.argv[1:], process_group=0)
os.tcsetpgrp(0, job.pid)
_, status = os.waitpid(job.pid, os.WUNTRACED)
while os.WIFSTOPPED(status):
    print("the terminal is the job's:", os.tcgetpgrp(0) == job.pid)
    os.tcsetpgrp(0, job.pid)
    os.killpg(job.pid, signal.SIGCONT)
    _, status = os.waitpid(job.pid, os.WUNTRACED)
print("the terminal is the job's:", os.tcgetpgrp(0) == job.pid)
sys.exit(os.waitstatus_to_exitcode(status))
"""
ASK = 'print("heard", input("say: "))'
#: Waits for Ctrl-C before and after reading from the terminal. Blocked signals are not lost.
HEED = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
print("ready")
signal.sigwait([signal.SIGINT])
print("interrupted")
print("heard", input("say: "))
signal.sigwait([signal.SIGINT])
raise SystemExit(6)
"""


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Runs commands at a terminal."""
    with ExitStack() as stack:

        def run(*words: str) -> Terminal:
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", PTY, *words],
                    cwd=tmp_path,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    bufsize=0,
                )
            )
            stack.callback(process.kill)
            return process

        yield run


def seen(process: Terminal, end: str) -> str:
    """Return the screen up to these words."""
    assert process.stdout
    text = ""
    while not text.endswith(end):
        character = process.stdout.read(1)
        assert character, text
        text += character
    return text


def typed(process: Terminal, keys: str) -> None:
    assert process.stdin
    process.stdin.write(keys)


def python(program: str) -> tuple[str, ...]:
    return (command(), "run", "--", sys.executable, "-u", "-c", program)


def test_the_command_reads_from_the_terminal(terminal: Callable[..., Terminal]) -> None:
    process = terminal(*python(ASK))
    seen(process, "say: ")
    typed(process, "hello\n")
    seen(process, "heard hello\n")
    assert process.wait(TIMEOUT) == 0


def test_ctrl_c_reaches_the_command(terminal: Callable[..., Terminal]) -> None:
    process = terminal(*python(HEED))
    seen(process, "ready\n")
    typed(process, CTRL_C)
    seen(process, "interrupted\nsay: ")
    typed(process, "hello\n")
    seen(process, "heard hello\n")
    typed(process, CTRL_C)
    assert process.wait(TIMEOUT) == 6


def test_ctrl_z_stops_the_job_and_the_shell_continues_it(
    terminal: Callable[..., Terminal],
) -> None:
    process = terminal(sys.executable, "-u", "-c", SHELL, *python(HEED))
    seen(process, "ready\n")
    typed(process, CTRL_Z)
    seen(process, "the terminal is the job's: True\n")
    typed(process, CTRL_C)
    seen(process, "interrupted\nsay: ")
    typed(process, "hello\n")
    seen(process, "heard hello\n")
    typed(process, CTRL_Z)
    seen(process, "the terminal is the job's: True\n")
    typed(process, CTRL_C)
    seen(process, "the terminal is the job's: True\n")
    assert process.wait(TIMEOUT) == 6


def test_a_pager_after_a_pipe_keeps_the_terminal(terminal: Callable[..., Terminal]) -> None:
    script = f"{command()} run -- echo page | sh -c 'cat; read line </dev/tty; echo heard $line'"
    process = terminal(sys.executable, "-u", "-c", SHELL, "sh", "-c", script)
    seen(process, "page\n")
    typed(process, "hello\n")
    seen(process, "heard hello\n")
    assert process.wait(TIMEOUT) == 0
