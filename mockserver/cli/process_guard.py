"""The guard process between `mockserver run` (the runner) and its command.

It kills the command when the runner ends, and the command's other processes when the command ends.
It uses only the standard library, so that it starts fast:
``python -I -S process_guard.py PIPE GROUP COMMAND …``. PIPE carries the numbers of signals for
the command, a byte each; it closes when the runner ends, even by SIGKILL. GROUP is the runner's
process group.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress

#: prctl(2): orphaned descendants become children of this process, not of process 1.
PR_SET_CHILD_SUBREAPER = 36
#: Python ignores the first two and ``main`` the last. The command must not inherit this.
IGNORED_SIGNALS = (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGTTOU)
#: Signals that the guard ignores. ``pkill`` may send them to it, but it must outlive the command.
DEFERRED_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
NOT_FOUND, NOT_EXECUTABLE, SIGNAL_BASE = 127, 126, 128


class GuardedCommand:
    """The command in its own process group, which gets the terminal when the command reads from it.

    Raises ``OSError`` if the command cannot be started.
    """

    def __init__(self, words: list[str], runner_group: int) -> None:
        self._runner_group = runner_group
        self._terminal: int | None = None
        with suppress(OSError):
            self._terminal = os.open("/dev/tty", os.O_RDWR)
        self._pid = os.posix_spawnp(
            words[0], words, os.environ, setpgroup=0, setsigdef=IGNORED_SIGNALS
        )

    def relay_signals(self, pipe: int) -> None:
        """Relay the runner's signals to the command, and kill it when the runner ends."""
        while numbers := os.read(pipe, 256):
            for number in numbers:
                self._signal(number)
        self._signal(signal.SIGKILL)

    def wait(self) -> int:
        """Wait for the command, kill its other processes, and return its shell exit code."""
        while True:
            pid, status = os.waitpid(-1, os.WUNTRACED)
            if pid != self._pid:
                continue  # an adopted orphan
            if not os.WIFSTOPPED(status):
                break
            with suppress(OSError):  # the terminal or the runner is gone
                self._on_stopped(os.WSTOPSIG(status))
        self._signal(signal.SIGKILL)  # background processes of its group
        kill_children()
        self._return_terminal()
        code = os.waitstatus_to_exitcode(status)
        return code if code >= 0 else SIGNAL_BASE - code

    def _signal(self, number: int) -> None:
        with suppress(OSError):  # the whole group has ended
            os.killpg(self._pid, number)

    def _on_stopped(self, number: int) -> None:
        """Do what a shell does when a job stops: hand over the terminal, or stop the whole job."""
        if self._terminal is None:
            return
        # Hand over the terminal only when the command needs it: until then, another process of the
        # job may be using it, such as a pager behind a pipe.
        needs_terminal = number in (signal.SIGTTIN, signal.SIGTTOU)
        if needs_terminal and os.tcgetpgrp(self._terminal) in (self._runner_group, self._pid):
            os.tcsetpgrp(self._terminal, self._pid)
            self._signal(signal.SIGCONT)
        else:
            self._return_terminal()
            os.killpg(self._runner_group, signal.SIGSTOP)  # the runner relays the next SIGCONT

    def _return_terminal(self) -> None:
        if self._terminal is not None:
            with suppress(OSError):  # the runner has ended
                if os.tcgetpgrp(self._terminal) == self._pid:
                    os.tcsetpgrp(self._terminal, self._runner_group)


def kill_children() -> None:
    """Kill the children of this process, which the command started in other process groups.

    The children of a killed process are adopted, and killed next.
    """
    with suppress(OSError):  # ChildProcessError: no child is left
        while True:
            for pid in child_pids():
                os.kill(pid, signal.SIGKILL)
            os.waitpid(-1, 0)


def child_pids() -> Iterator[int]:
    """Yield the ids of the children of this process, read from proc(5)."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError), open(f"/proc/{name}/stat", encoding="utf-8") as file:
            # The state and the parent's id follow the name, which may contain any characters.
            if int(file.read().rpartition(")")[2].split()[1]) == os.getpid():
                yield int(name)


def ignore(*_: object) -> None:
    """Ignore a signal. The command would inherit SIG_IGN, but does not inherit a handler."""


def main(pipe: str, runner_group: str, *words: str) -> int:
    for number in DEFERRED_SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, ignore)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # tcsetpgrp() would stop this process
    os.set_inheritable(int(pipe), False)
    if sys.platform == "linux":
        with suppress(ImportError, OSError, AttributeError):
            import ctypes

            ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        command = GuardedCommand(list(words), int(runner_group))
    except OSError as error:
        message = f"mockserver: cannot run {words[0]}: {error.strerror}\n"
        if sys.stderr:
            with suppress(OSError):  # a full disk does not change the exit code
                os.write(sys.stderr.fileno(), message.encode(errors="surrogateescape"))
        return NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_EXECUTABLE
    threading.Thread(target=command.relay_signals, args=[int(pipe)], daemon=True).start()
    return command.wait()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
