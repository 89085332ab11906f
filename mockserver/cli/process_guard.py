"""The process between `mockserver run` and its command: it cleans up, whoever dies first.

Started on the standard library alone, to be quick: ``python -I -S guard.py PIPE JOB COMMAND …``.
PIPE brings the numbers of signals for the command, a byte each; it ends when the runner does,
be it by SIGKILL. JOB is the runner's process group.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress

#: prctl(2): what loses its parent below us becomes our child, not that of the first process.
PR_SET_CHILD_SUBREAPER = 36
#: The interpreter ignores these, and we the last; what is ignored would stay so in the command.
IGNORED = (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGTTOU)
#: Those by which people end processes by name; ours ends with the command, and not before.
DEAF_TO = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
NOT_FOUND, NOT_EXECUTABLE, BY_SIGNAL = 127, 126, 128


class Command:
    """The command in a process group of its own, with the terminal once it wants it.

    Raises OSError where it cannot be started.
    """

    def __init__(self, words: list[str], job: int) -> None:
        self._job = job
        self._terminal: int | None = None
        with suppress(OSError):
            self._terminal = os.open("/dev/tty", os.O_RDWR)
        self._pid = os.posix_spawnp(words[0], words, os.environ, setpgroup=0, setsigdef=IGNORED)

    def relay(self, pipe: int) -> None:
        """Pass on the signals that the runner got; when it is gone, end the command."""
        while numbers := os.read(pipe, 256):
            for number in numbers:
                self._signal(number)
        self._signal(signal.SIGKILL)

    def wait(self) -> int:
        """The exit code, as a shell tells it, once nothing of the command is left."""
        while True:
            pid, status = os.waitpid(-1, os.WUNTRACED)
            if pid != self._pid:
                continue  # an orphan, which came to us when its parent died
            if not os.WIFSTOPPED(status):
                break
            with suppress(OSError):  # the terminal is gone, or the runner
                self._stopped(os.WSTOPSIG(status))
        self._signal(signal.SIGKILL)  # what it left in the background
        end_orphans()
        self._give_back_terminal()
        code = os.waitstatus_to_exitcode(status)
        return code if code >= 0 else BY_SIGNAL - code

    def _signal(self, number: int) -> None:
        with suppress(OSError):  # all of it has ended
            os.killpg(self._pid, number)

    def _stopped(self, number: int) -> None:
        """Do as a shell does: a stop is for the terminal, or of the whole job.

        The command gets the terminal when it first reads from it, and not before: so what else
        is in the job, such as a pager behind a pipe, keeps it where the command never does.
        """
        if self._terminal is None:
            return
        wants_it = number in (signal.SIGTTIN, signal.SIGTTOU)
        if wants_it and os.tcgetpgrp(self._terminal) in (self._job, self._pid):
            os.tcsetpgrp(self._terminal, self._pid)
            self._signal(signal.SIGCONT)
        else:
            self._give_back_terminal()
            os.killpg(self._job, signal.SIGSTOP)  # the runner relays the SIGCONT that ends it

    def _give_back_terminal(self) -> None:
        if self._terminal is not None:
            with suppress(OSError):  # nobody is there to take it
                if os.tcgetpgrp(self._terminal) == self._pid:
                    os.tcsetpgrp(self._terminal, self._job)


def adopt_orphans() -> None:
    """Become the parent of what the command leaves behind, where the system can do that."""
    if sys.platform == "linux":
        with suppress(ImportError, OSError, AttributeError):
            import ctypes

            ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_orphans() -> None:
    """End our children: those of the command that went into process groups of their own.

    The children of one that is ended are ours next.
    """
    with suppress(OSError):  # ChildProcessError: none is left
        while True:
            for pid in children():
                os.kill(pid, signal.SIGKILL)
            os.waitpid(-1, 0)


def children() -> Iterator[int]:
    """The ids of our children, by proc(5)."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError), open(f"/proc/{name}/stat", encoding="utf-8") as file:
            # After the name, which may hold anything, come the state and the parent.
            if int(file.read().rpartition(")")[2].split()[1]) == os.getpid():
                yield int(name)


def ignore(*_: object) -> None:
    """A handler that does nothing; unlike SIG_IGN, it does not pass on to the command."""


def main(pipe: str, job: str, *words: str) -> int:
    for number in DEAF_TO:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, ignore)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # else moving the terminal would stop us
    os.set_inheritable(int(pipe), False)
    adopt_orphans()
    try:
        command = Command(list(words), int(job))
    except OSError as error:
        print(f"mockserver: cannot run {words[0]}: {error.strerror}", file=sys.stderr)
        return NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_EXECUTABLE
    threading.Thread(target=command.relay, args=[int(pipe)], daemon=True).start()
    return command.wait()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
