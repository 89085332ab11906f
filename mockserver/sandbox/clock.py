"""The clock of a sandbox, which can be set, and advanced while running the work that falls due."""

import threading
from collections.abc import Iterable
from typing import Any, NamedTuple

from mockserver.errors import InvalidRequest
from mockserver.sandbox.bots import BotRunner
from mockserver.sandbox.rate_limit import RateLimiter
from mockserver.sandbox.state import SandboxState
from mockserver.schema.fields import MAX_TIMESTAMP
from mockserver.storage import scheduler
from mockserver.storage.clock import Clock, Mode
from mockserver.storage.scheduler import EventSource, run_due


class AdvanceResult(NamedTuple):
    """The result of advancing the clock.

    ``clock`` is the clock afterwards. ``fired`` has the log entries of the work that fell due, in
    order, except the last ``unlisted`` ones if there are too many. ``pending`` is the number of
    deliveries still scheduled, the first at the Unix time ``next_due``. ``left`` is the number of
    seconds still to pass, if the clock stopped early: the work took too long, or the clock or the
    world was replaced.
    """

    clock: dict[str, Any]
    fired: list[dict[str, Any]]
    pending: int
    next_due: int | None
    unlisted: int
    left: int


class SandboxClock:
    """The clock of a sandbox. Changing it also runs or reschedules deliveries and bots.

    Advances run one after the other. One ends early if the clock is set, reset or restored.
    """

    def __init__(self, state: SandboxState, rate_limit: RateLimiter, bots: BotRunner) -> None:
        self._state = state
        self._rate_limit = rate_limit
        self._bots = bots
        self._advancing = threading.Lock()

    def set(
        self, mode: Mode | None = None, now: int | None = None, speed: int | None = None
    ) -> dict[str, Any]:
        """Set the clock's mode, time (in Unix seconds) or speed, or several, and return them.

        A clock that becomes real is set to the machine's time, unless ``now`` is given. Raises
        ``InvalidRequest`` for a speed if the clock is not real.
        """
        with self._state:
            clock = self._state.world.clock.fork()
            before, new_mode = clock.now(), mode or clock.mode
            if speed is not None and new_mode != "real":
                raise InvalidRequest(
                    f"speed: needs a real clock, but the mode is '{new_mode}'; "
                    'set "mode": "real" as well'
                )
            if now is None:
                # If only the speed of a real clock changes, its time must not jump.
                jumps = mode == "real" and (clock.mode != "real" or speed is None)
                now = Clock(0, "real").now() if jumps else before
            if speed is None:
                speed = clock.speed if new_mode == "real" else 1
            clock.set(new_mode, now, speed)
            self._state.replace_clock(clock)
            self._bots.clock_was_set(now - before)
            return clock.to_dict()

    def advance(self, seconds: int) -> AdvanceResult:
        """Advance the clock by ``seconds``, and run all due work at the time at which it is due.

        The lock is not held meanwhile, since a webhook receiver may call the API. Raises
        ``InvalidRequest`` if the time would pass the last valid timestamp.
        """
        clock = self._state.time.clock
        with self._advancing:
            return self._advance(clock, seconds)

    def _advance(self, clock: Clock, seconds: int) -> AdvanceResult:
        """Advance ``clock`` while it is the sandbox's clock."""
        state, webhooks, bots = self._state, self._state.webhooks, self._bots
        with state:
            before = clock.now()
        goal = before + seconds
        if goal > MAX_TIMESTAMP:
            raise InvalidRequest(
                f"seconds: at most {max(0, MAX_TIMESTAMP - before)} are left until the last "
                f"timestamp, {MAX_TIMESTAMP}"
            )
        webhooks.flush_shuffled()

        def is_replaced() -> bool:
            return state.time.clock is not clock

        def run_delivery(at: int) -> Iterable[dict[str, Any]]:
            with state:
                if is_replaced():
                    return ()
                clock.advance_to(at)
                delivery = webhooks.pop_due(at)
            return webhooks.attempt_due(delivery) if delivery else ()

        def next_action() -> int | None:
            with state:
                return bots.next_due

        def run_action(at: int) -> Iterable[dict[str, Any]]:
            with state:
                return () if is_replaced() else bots.run_due(at)

        deliveries = EventSource(webhooks.next_due_when_idle, run_delivery, scheduler.MAX_FIRED)
        actions = EventSource(next_action, run_action)
        fired, unlisted = run_due(goal, [deliveries, actions], is_replaced)
        with state:
            pending, next_due = len(webhooks.retries), webhooks.retries.next_due
            if not is_replaced():
                if bots.next_due is None or bots.next_due > goal:
                    clock.advance_to(goal)
                webhooks.reschedule()
                bots.reset_timer()
            left = max(0, goal - clock.now())
            window_end = self._rate_limit.window_end(before, goal - left)
            if window_end is not None and not is_replaced():
                fired.append({"at": window_end, "type": "rate_limit.reset"})
            current = state.time.clock.to_dict()
        fired.sort(key=lambda entry: entry["at"])
        return AdvanceResult(current, fired, pending, next_due, unlisted, left)
