"""The command that `mockserver run` runs: started, told of signals, awaited."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from mockserver.cli.exit_codes import BY_SIGNAL, fail
from mockserver.cli.signals import ignore

TIMED_OUT = 124
"""The exit code of a command that was given up on, as of timeout(1)."""

GUARD = Path(__file__).with_name("process_guard.py")
#: The signals that are the command's business. Those that a system does not have are left out.
RELAYED = tuple(
    getattr(signal, name)
    for name in (
        *("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"),
        *("SIGTSTP", "SIGCONT", "SIGWINCH"),
    )
    if hasattr(signal, name)
)


def outcome(
    words: Sequence[str],
    environment: Mapping[str, str],
    *,
    seconds: float | None = None,
    out: TextIO | None = None,
) -> int:
    """Run a command to its end; its exit code, as a shell tells it.

    After ``seconds`` it is ended, with all that it has started: ``TIMED_OUT``. Its standard output
    goes to ``out``, or to ours.
    """
    run = _guarded if os.name == "posix" else _alone
    return run(words, environment, seconds, out)


def _guarded(
    words: Sequence[str],
    environment: Mapping[str, str],
    seconds: float | None,
    out: TextIO | None,
) -> int:
    """Run it under a guard, which ends all of it should this process be killed.

    The guard reads the signals that come here as they come: each is a byte, which the
    interpreter itself writes to the pipe. The end of this process is the end of the pipe.
    """
    numbers, wakeup = os.pipe()
    os.set_blocking(wakeup, False)
    signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
    for number in RELAYED:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # under nohup
            signal.signal(number, ignore)
    os.set_inheritable(numbers, True)
    guard = subprocess.Popen(
        [sys.executable, "-I", "-S", str(GUARD), str(numbers), str(os.getpgrp()), *words],
        env=environment,
        stdout=out,
        close_fds=False,  # what the command was given, such as a shell's <(…), it shall have
        process_group=0,  # what is sent to our group, or typed in its terminal, is not for it
    )
    try:
        code = guard.wait(seconds)
    except subprocess.TimeoutExpired:
        signal.set_wakeup_fd(-1)
        os.close(wakeup)  # the end of the pipe, at which the guard ends all of it
        guard.wait()
        return TIMED_OUT
    return code if code >= 0 else BY_SIGNAL - code


def _alone(
    words: Sequence[str],
    environment: Mapping[str, str],
    seconds: float | None,
    out: TextIO | None,
) -> int:
    """Run it where there are no process groups: Ctrl-C reaches it by the console we share."""
    program = shutil.which(words[0])
    if program is None:
        fail(127, f"cannot run {words[0]}: there is no such command")
    signal.signal(signal.SIGINT, ignore)
    with subprocess.Popen([program, *words[1:]], env=environment, stdout=out) as child:
        try:
            return child.wait(seconds)
        except subprocess.TimeoutExpired:
            return TIMED_OUT
        finally:
            child.terminate()
