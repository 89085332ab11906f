"""The bots of one sandbox: the running session, its error handling and its timer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

from mockserver.bots.script import Script
from mockserver.bots.session import BotSession
from mockserver.bots.state import State
from mockserver.errors import NotFound
from mockserver.resources.registry import ResourceRegistry
from mockserver.simulation.simulator import Simulator
from mockserver.storage.clock import Clock
from mockserver.storage.scheduler import RestartableTimer
from mockserver.storage.world import Change, Event, World

MIN_TIMER_SECONDS = 0.02
"""Shortest real time between two timer callbacks; on a fast clock, much can be due in it."""

logger = logging.getLogger("mockserver")

#: Receives the events of an action; None if nothing subscribes, so that none are rendered.
Publish = Callable[[Iterable[Event]], None] | None


class BotHost:
    """Runs at most one session of bots. The sandbox holds its lock during each call."""

    def __init__(self) -> None:
        #: The running session.
        self.session: BotSession | None = None
        #: The running session or the last one: its transcript stays readable after a stop.
        self._latest: BotSession | None = None
        self._simulator = Simulator(ResourceRegistry())
        self._timer = RestartableTimer()
        self._scheduled_for: int | None = None
        self._is_paused = False

    # the session

    def set_session(self, session: BotSession | None) -> None:
        """Replace the session, for example by one from a snapshot; None forgets the latest too."""
        self.session = self._latest = session

    def start(self, world: World, script: Script, seed: str, publish: Publish) -> None:
        """Start the bots of a script in place of the running ones."""
        session = BotSession(script, seed, self._simulator, State(world.clock.now()))
        self.set_session(session)
        self._run(world, session, lambda: session.start(world), publish)

    def restart(self, world: World, publish: Publish) -> None:
        """Start the running script again, in a world that was replaced."""
        if self.session is not None:
            self.start(world, self.session.script, self.session.seed, publish)

    def stop(self, world: World) -> None:
        """Stop the bots. Their contacts, messages and transcript stay."""
        if self.session is not None:
            self.session.transcript.add(world.clock.now(), "stop", "", "All bots")
        self.session = None
        self.cancel_timer()

    def current(self) -> BotSession:
        """Return the running session; raises ``NotFound``."""
        if self.session is None:
            raise _not_running()
        return self.session

    def latest(self) -> BotSession:
        """Return the running session or else the last one; raises ``NotFound``."""
        if self._latest is None:
            raise _not_running()
        return self._latest

    # actions

    @property
    def next_due(self) -> int | None:
        """When the next action is due, in Unix time; None without one."""
        return None if self.session is None else self.session.next_due

    def is_due(self, now: int) -> bool:
        """Whether an action is due by ``now``."""
        due = self.next_due
        return due is not None and due <= now

    def run_next(self, world: World, publish: Publish) -> list[dict[str, Any]]:
        """Run the earliest planned action at the current time; return its log entries."""
        session, entries = self.current(), []
        ok = self._run(world, session, lambda: entries.extend(session.run_next(world)), publish)
        return entries if ok else []

    def on_changes(self, world: World, changes: Iterable[Change]) -> None:
        """Let the bots respond to the changes of a request."""
        session = self.session
        if session is not None and changes:
            try:
                session.on_changes(world, changes)
            except Exception:
                # The request itself has succeeded and must not fail because of the bots.
                logger.exception("the bots '%s' failed to handle a change", session.script.name)

    def shift(self, world: World, seconds: int) -> None:
        """Move planned actions along with a clock that was set by so many seconds."""
        if self.session is not None and seconds:
            self.session.shift(world, seconds)

    def _run(
        self, world: World, session: BotSession, action: Callable[[], object], publish: Publish
    ) -> bool:
        """Run an action in a transaction of the world; return whether it succeeded.

        A failed action is rolled back and not tried again; later actions still run.
        """
        checkpoint = session.checkpoint()
        world.begin(world.clock.now())
        try:
            action()
            if publish is not None:
                publish(world.commit().events)
            else:
                world.version += 1  # without finish(), which would render the events
            return True
        except Exception:
            logger.exception("an action of the bots '%s' failed", session.script.name)
            world.rollback()
            session.roll_back(checkpoint)
            return False
        finally:
            world.release()

    # the timer

    def schedule_timer(self, clock: Clock, callback: Callable[[], None]) -> None:
        """Call back when the next action is due, if the clock runs in real time."""
        due = self.next_due
        if due is None or clock.mode != "real" or self._is_paused:
            self.cancel_timer()
        elif due != self._scheduled_for:
            self._scheduled_for = due
            self._timer.start(max(MIN_TIMER_SECONDS, (due - clock.now()) / clock.speed), callback)

    def reset_timer(self, clock: Clock, callback: Callable[[], None]) -> None:
        """Schedule the timer anew, after it fired or the clock was set."""
        self._scheduled_for = None
        self.schedule_timer(clock, callback)

    def cancel_timer(self) -> None:
        """Call back no more."""
        self._scheduled_for = None
        self._timer.cancel()

    def set_paused(self, *, paused: bool) -> None:
        """Hold the timer while the server does not run. Call ``reset_timer`` afterwards."""
        self._is_paused = paused


def _not_running() -> NotFound:
    return NotFound(
        'no bots are running; start some with PUT /_sandbox/bots {"script": "office"}, or list '
        "the scripts with GET /_sandbox/bots/scripts"
    )
