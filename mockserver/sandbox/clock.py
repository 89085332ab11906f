"""The clock of a sandbox, which can be set, and advanced while running the work that falls due."""

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

    ``fired`` has the log entries of the work that fell due, in order, except the last ``unlisted``
    ones if there are too many. ``pending`` is the number of deliveries still scheduled, the first
    at the Unix time ``next_due``. ``left`` is the number of seconds still to pass, if the work took
    so long that the clock stopped early.
    """

    fired: list[dict[str, Any]]
    pending: int
    next_due: int | None
    unlisted: int
    left: int


class SandboxClock:
    """The clock of a sandbox. A change of it also runs or moves deliveries and bots."""

    def __init__(self, state: SandboxState, rate_limit: RateLimiter, bots: BotRunner) -> None:
        self._state = state
        self._rate_limit = rate_limit
        self._bots = bots

    def set(
        self, mode: Mode | None = None, now: int | None = None, speed: int | None = None
    ) -> None:
        """Set the clock's mode, time (in Unix seconds) or speed, or several of them.

        A clock that becomes real is set to the machine's time, unless ``now`` is given. Raises
        ``InvalidRequest`` for a speed if the clock is not real.
        """
        with self._state.lock:
            clock = self._state.world.clock
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
            self._state.webhooks.reschedule()
            self._bots.clock_was_set(now - before)

    def advance(self, seconds: int) -> AdvanceResult:
        """Advance the clock by ``seconds``, and run all due work at the time at which it is due.

        The lock is not held meanwhile, since a webhook receiver may call the API. Raises
        ``InvalidRequest`` if the time would pass the last valid timestamp.
        """
        state, webhooks = self._state, self._state.webhooks
        before = state.now()
        goal = before + seconds
        if goal > MAX_TIMESTAMP:
            raise InvalidRequest(
                f"seconds: at most {max(0, MAX_TIMESTAMP - before)} are left until the last "
                f"timestamp, {MAX_TIMESTAMP}"
            )
        webhooks.flush_shuffled()

        def run_deliveries(at: int) -> Iterable[dict[str, Any]]:
            with state.lock:
                state.advance_to(at)
            return webhooks.run_due(at)

        deliveries = EventSource(webhooks.next_due_when_idle, run_deliveries, scheduler.MAX_FIRED)
        actions = EventSource(self._bots.next_due, self._bots.run_due)
        fired, unlisted = run_due(goal, [deliveries, actions])
        next_action = self._bots.next_due()
        pending, next_due = len(webhooks.retries), webhooks.retries.next_due
        with state.lock:
            if next_action is None or next_action > goal:
                state.advance_to(goal)
            webhooks.reschedule()
            self._bots.reset_timer()
            left = max(0, goal - state.now())
            window_end = self._rate_limit.window_end(before, goal - left)
            if window_end is not None:
                fired.append({"at": window_end, "type": "rate_limit.reset"})
        fired.sort(key=lambda entry: entry["at"])
        return AdvanceResult(fired, pending, next_due, unlisted, left)
