"""The bots of a sandbox, which requests start and stop, and which act as the clock advances."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from mockserver.errors import NotFound
from mockserver.sandbox.state import SandboxState
from mockserver.storage.scheduler import ClockTimer
from mockserver.storage.world import Change, Event

if TYPE_CHECKING:
    from mockserver.bots.script import Script
    from mockserver.bots.session import BotSession
    from mockserver.bots.transcript import Transcript

MAX_ACTIONS = 1000  # actions that one call of the timer runs


class BotRunner:
    """A runner of at most one session of bots in a sandbox's world.

    The bots of ``script`` run from the start and after a reset. The bots package is imported only
    when bots are started. Methods take the sandbox's lock, unless their description ends with "Call
    with the lock held".
    """

    def __init__(self, state: SandboxState, script: Script | None) -> None:
        self._state = state
        self._initial_script = script
        self._session: BotSession | None = None
        #: The running session, or the last one, whose transcript can be read after a stop.
        self._latest: BotSession | None = None
        self._timer = ClockTimer(self.run_on_timer)
        self._is_paused = False
        with state:
            self.reset()

    def start(self, script: Script, seed: str | None = None) -> dict[str, Any]:
        """Start the bots of a script, in place of any running ones, and return their status."""
        with self._state as world:
            session = self._start(script, self._state.seed if seed is None else seed)
            return session.to_dict(world)

    def stop(self) -> dict[str, Any]:
        """Stop the bots and return their last status; raises ``NotFound`` if none run."""
        with self._state as world:
            session = self._require(self._session)
            status = session.to_dict(world)
            session.state.transcript.add(self._state.time.now(), "stop", "", "All bots")
            self._session = None
            self.reset_timer()
            return status

    def status(self) -> dict[str, Any]:
        """Return the running bots and their actions; raises ``NotFound`` if none run."""
        with self._state as world:
            return self._require(self._session).to_dict(world)

    def transcript(self) -> tuple[Script, Transcript]:
        """Return the last script and a copy of its transcript; raises ``NotFound`` if none ran."""
        with self._state:
            session = self._require(self._latest)
            return session.script, session.state.transcript.fork()

    @property
    def script_name(self) -> str | None:
        """The name of the running script, or None if no bots run."""
        session = self._session
        return session.script.name if session else None

    @property
    def next_due(self) -> int | None:
        """The Unix time of the next action, or None. Read it with the lock held."""
        return self._session.next_due if self._session else None

    def run_due(self, at: int) -> list[dict[str, Any]]:
        """Set the clock to ``at``, run the earliest action due by then, and return its log entries.

        Does nothing if the bots were stopped meanwhile. Call with the lock held.
        """
        if self._is_due(at):
            self._state.time.clock.advance_to(at)
            return self._run_next()
        return []

    def observe(self, changes: Iterable[Change]) -> None:
        """Plan the bots' responses to the changes of a request. Call with the lock held."""
        if self._session is None:
            return
        due = self.next_due
        self._session.on_changes(self._state.world, changes)
        if self._state.time.is_real:
            if self.next_due != due:
                self.reset_timer()
            return
        # A request advances a step clock, so actions may have become due.
        while self._is_due(self._state.time.now()):
            self._run_next()

    def clock_was_set(self, seconds: int) -> None:
        """Move planned actions by as many seconds as the clock. Call with the lock held."""
        if self._session and seconds:
            self._session.shift(self._state.world, seconds)
        self.reset_timer()

    def reset_timer(self) -> None:
        """Set the timer for the next action, if the clock is real. Call with the lock held."""
        is_stopped = self._is_paused or self._state.closed
        self._timer.start(self._state.time.clock, None if is_stopped else self.next_due)

    def set_paused(self, *, paused: bool) -> None:
        """Stop or restart the timer, because the server stops or starts."""
        with self._state:
            self._is_paused = paused
            self.reset_timer()

    def fork(self) -> BotSession | None:
        """Return a copy of the running session, or None. Call with the lock held."""
        return self._session.fork() if self._session else None

    def restore(self, session: BotSession | None) -> None:
        """Continue with a copy of ``session``, or without bots. Call with the lock held."""
        self._session = self._latest = session.fork() if session else None
        self.reset_timer()

    def restart(self) -> None:
        """Restart the running bots in a replaced world. Call with the lock held."""
        if self._session:
            self._start(self._session.script, self._session.seed)

    def reset(self) -> None:
        """Restart the bots of the initial script, or run none. Call with the lock held."""
        self.restore(None)
        if self._initial_script is not None:
            self._start(self._initial_script, self._state.seed)

    def _start(self, script: Script, seed: str) -> BotSession:
        from mockserver.bots.session import BotSession

        session = self._session = self._latest = BotSession(script, seed, self._state.time.now())
        session.start(self._state.world, self._dispatch())
        self.reset_timer()
        return session

    def _require(self, session: BotSession | None) -> BotSession:
        if session is None:
            raise NotFound(
                'no bots are running; start some with PUT /_sandbox/bots {"script": "office"}, or '
                "list the scripts with GET /_sandbox/bots/scripts"
            )
        return session

    def _is_due(self, at: int) -> bool:
        due = self.next_due
        return due is not None and due <= at

    def _run_next(self) -> list[dict[str, Any]]:
        assert self._session is not None, "an action is due only while bots run"
        return self._session.run_next(self._state.world, self._dispatch())

    def _dispatch(self) -> Callable[[Iterable[Event]], object] | None:
        """Return a function that sends events to webhooks, or None if no webhook is registered."""
        webhooks = self._state.webhooks
        return webhooks.dispatch if webhooks.registry.list() else None

    def run_on_timer(self) -> None:
        """Run the due actions on a real clock; requests may run between two actions."""
        for _ in range(MAX_ACTIONS):
            with self._state:
                if self._state.closed or not self._is_due(self._state.time.now()):
                    break
                self._run_next()
        with self._state:
            self.reset_timer()
