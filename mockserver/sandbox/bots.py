"""The bots of a sandbox: started and stopped by requests, run as the clock advances."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any

from mockserver.sandbox.state import SandboxState
from mockserver.storage.world import Change, Event

if TYPE_CHECKING:
    from mockserver.bots.host import BotHost
    from mockserver.bots.script import Script
    from mockserver.bots.session import BotSession
    from mockserver.bots.transcript import Transcript

MAX_ACTIONS = 1000
"""Number of due actions that a real clock's timer runs before it is set again."""


class BotRunner:
    """Runs the bots of a script in a sandbox's world.

    ``script`` and ``seed`` are those of the bots that a server starts with. The bots package is
    imported only when bots are started. Methods take the sandbox's lock unless they say "call with
    the lock held".
    """

    def __init__(self, state: SandboxState, script: Script | None) -> None:
        self._state = state
        self._initial_script = script
        self._host: BotHost | None = None
        if script is not None:
            self.start(script)

    # control

    def start(self, script: Script, seed: str | None = None) -> None:
        """Start the bots of a script in place of those that run."""
        with self._state.lock:
            self._start(script, self._state.seed if seed is None else seed)

    def stop(self) -> dict[str, Any]:
        """Stop the bots and return their last status; raises ``NotFound`` if none run.

        What they wrote stays.
        """
        with self._state.lock:
            host = self._get_host()
            status = host.current().to_dict(self._state.world)
            host.stop(self._state.world)
            return status

    def status(self) -> dict[str, Any]:
        """Return the bots, what they did and what they do next; raises ``NotFound``."""
        with self._state.lock:
            return self._get_host().current().to_dict(self._state.world)

    def transcript(self) -> tuple[Script, Transcript]:
        """Return the script of the bots that run, or ran last, and a copy of their transcript.

        Raises ``NotFound`` if there were none.
        """
        with self._state.lock:
            copy = self._get_host().latest().fork()
            return copy.script, copy.transcript

    @property
    def script_name(self) -> str | None:
        """The name of the running script, or None."""
        session = self._host.session if self._host else None
        return session.script.name if session else None

    # time

    def next_due(self) -> int | None:
        """Return when the next action is due, in Unix time."""
        if self._host is None:
            return None
        with self._state.lock:
            return self._host.next_due if self._host else None

    def run_due(self, at: int) -> list[dict[str, Any]]:
        """Run the earliest action due by ``at``, with the clock at that time.

        Returns its log entries; none if the bots were stopped meanwhile.
        """
        with self._state.lock:
            host, clock = self._host, self._state.world.clock
            if host is None or not host.is_due(at):
                return []
            clock.advance(max(0, at - clock.now()))
            return self._act(host)

    def observe(self, changes: Collection[Change]) -> None:
        """Let the bots react to the changes of a request. Call with the lock held."""
        host = self._host
        if host is None:
            return
        clock = self._state.world.clock
        host.on_changes(self._state.world, changes)
        if clock.mode == "real":
            host.schedule_timer(clock, _timer_callback(self))
            return
        # A request moves a step clock, so that actions may have fallen due.
        while host.is_due(clock.now()):
            self._act(host)

    def clock_was_set(self, seconds: int) -> None:
        """Keep planned actions as far away as before the jump. Call with the lock held."""
        if self._host:
            self._host.shift(self._state.world, seconds)
            self.reset_timer()

    def reset_timer(self) -> None:
        """Set the timer for the next action, if the clock is real. Call with the lock held."""
        if self._host and not self._state.closed:
            self._host.reset_timer(self._state.world.clock, _timer_callback(self))

    def set_paused(self, *, paused: bool) -> None:
        """Keep the timer from running actions while the server is stopped."""
        with self._state.lock:
            if self._host:
                self._host.set_paused(paused=paused)
                self.reset_timer()

    # state

    def fork(self) -> BotSession | None:
        """Return a copy of the running bots. Call with the lock held."""
        session = self._host.session if self._host else None
        return None if session is None else session.fork()

    def restore(self, session: BotSession | None) -> None:
        """Continue with a copy of these bots, or with none. Call with the lock held."""
        if self._host:
            self._host.set_session(None if session is None else session.fork())
            self.reset_timer()

    def restart(self) -> None:
        """Start the running bots anew in a replaced world. Call with the lock held."""
        if self._host:
            self._host.restart(self._state.world, self._dispatch())
            self.reset_timer()

    def reset(self) -> None:
        """Return to the bots that the server started with, or to none. Call with the lock held."""
        self.clear()
        if self._initial_script is not None:
            self._start(self._initial_script, self._state.seed)

    def clear(self) -> None:
        """Remove the bots and their transcript. Call with the lock held."""
        host, self._host = self._host, None
        if host:
            host.cancel_timer()

    def _start(self, script: Script, seed: str) -> None:
        self._get_host().start(self._state.world, script, seed, self._dispatch())
        self.reset_timer()

    def _get_host(self) -> BotHost:
        if self._host is None:
            from mockserver.bots.host import BotHost

            self._host = BotHost()
        return self._host

    def _act(self, host: BotHost) -> list[dict[str, Any]]:
        return host.run_next(self._state.world, self._dispatch())

    def _dispatch(self) -> Callable[[Iterable[Event]], None] | None:
        """Return what sends events to webhooks; None if none are registered.

        Event payloads need not be rendered then.
        """
        webhooks, now = self._state.webhooks, self._state.now
        if not webhooks.registry.list():
            return None
        return lambda events: webhooks.dispatch(events, None, now())

    def run_on_timer(self) -> None:
        """Run what is due on a real clock; requests can come between two actions."""
        for _ in range(MAX_ACTIONS):
            with self._state.lock:
                host = self._host
                if self._state.closed or host is None or not host.is_due(self._state.now()):
                    break
                self._act(host)
        with self._state.lock:
            self.reset_timer()


def _timer_callback(runner: BotRunner) -> Callable[[], None]:
    """Return a callback that does not keep a deleted sandbox alive."""
    reference = weakref.ref(runner)

    def callback() -> None:
        runner = reference()
        if runner is not None:
            runner.run_on_timer()

    return callback
