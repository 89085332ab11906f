"""The command that `mockserver run` runs: started, told of signals, awaited."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from mockserver.cli.exits import BY_SIGNAL, fail
from mockserver.cli.signals import ignore

GUARD = Path(__file__).with_name("guard.py")
#: The signals that are the command's business. Those that a system does not have are left out.
RELAYED = tuple(
    getattr(signal, name)
    for name in (
        *("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"),
        *("SIGTSTP", "SIGCONT", "SIGWINCH"),
    )
    if hasattr(signal, name)
)


def outcome(words: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command to its end; its exit code, as a shell tells it."""
    if os.name == "posix":
        return _guarded(words, environment)
    return _alone(words, environment)


def _guarded(words: Sequence[str], environment: Mapping[str, str]) -> int:
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
        close_fds=False,  # what the command was given, such as a shell's <(…), it shall have
        process_group=0,  # what is sent to our group, or typed in its terminal, is not for it
    )
    code = guard.wait()
    return code if code >= 0 else BY_SIGNAL - code


def _alone(words: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run it where there are no process groups: Ctrl-C reaches it by the console we share."""
    program = shutil.which(words[0])
    if program is None:
        fail(127, f"cannot run {words[0]}: there is no such command")
    signal.signal(signal.SIGINT, ignore)
    with subprocess.Popen([program, *words[1:]], env=environment) as child:
        try:
            return child.wait()
        finally:
            child.terminate()
