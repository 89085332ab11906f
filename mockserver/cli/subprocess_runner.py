"""The start of a command, the relay of signals to it, and the wait for its end."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from mockserver.cli.exits import SIGNAL_BASE, fail, ignore

TIMED_OUT = 124  # exit code of a command that took too long, as in timeout(1)
GUARD = Path(__file__).with_name("process_guard.py")
RELAYED_SIGNALS = (
    *("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"),
    *("SIGTSTP", "SIGCONT", "SIGWINCH"),
)


def run_command(
    words: Sequence[str],
    environment: Mapping[str, str],
    *,
    timeout: float | None = None,
    stdout: TextIO | int | None = None,
) -> int:
    """Run a command, and return its exit code as a shell reports it.

    After ``timeout`` seconds, the command and all processes that it started are killed, and the
    result is ``TIMED_OUT``. ``stdout`` defaults to that of this process.

    The command runs under a guard process, which kills it if this process is killed. The
    interpreter writes a byte to a pipe for each signal, and the guard relays the signal. The pipe
    closes when this process ends.
    """
    if os.name != "posix":
        return _run_unguarded(words, environment, timeout, stdout)
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for name in RELAYED_SIGNALS:
        number = signal.Signals[name]
        # If SIGHUP is ignored, nohup started this process, and the command must keep running.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, ignore)
    os.set_inheritable(reader, True)
    guard = subprocess.Popen(
        [sys.executable, "-I", "-S", str(GUARD), str(reader), str(os.getpgrp()), *words],
        env=environment,
        stdout=stdout,
        close_fds=False,  # the command inherits open files, such as a shell's <(…)
        process_group=0,  # the runner's signals, or its terminal's, must not reach the guard
    )
    try:
        code = guard.wait(timeout)
    except subprocess.TimeoutExpired:
        signal.set_wakeup_fd(-1)
        os.close(writer)  # makes the guard kill the command
        guard.wait()
        return TIMED_OUT
    return code if code >= 0 else SIGNAL_BASE - code


def _run_unguarded(
    words: Sequence[str],
    environment: Mapping[str, str],
    timeout: float | None,
    stdout: TextIO | int | None,
) -> int:
    """Run the command on a system without process groups. The console sends Ctrl-C to it."""
    program = shutil.which(words[0])
    if program is None:
        fail(127, f"cannot run {words[0]}: command not found")
    signal.signal(signal.SIGINT, ignore)
    with subprocess.Popen([program, *words[1:]], env=environment, stdout=stdout) as process:
        try:
            return process.wait(timeout)
        except subprocess.TimeoutExpired:
            return TIMED_OUT
        finally:
            process.terminate()
