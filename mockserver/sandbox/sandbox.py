"""A sandbox: the one owner of state.

A world is what the Protocol API itself would have; a sandbox is one isolated world with a lock
around it, and with what only a test wants.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from mockserver.errors import InvalidRequest, NotFound, TooManyRequests, Unavailable
from mockserver.journal.journal import Journal
from mockserver.sandbox.bots import BotRunner
from mockserver.sandbox.rate_limit import Limit, RateLimit, Standing
from mockserver.schema.fields import LATEST
from mockserver.storage import scheduler
from mockserver.storage.clock import Clock, Mode
from mockserver.storage.lazy import Late
from mockserver.storage.world import ChangeSet, Event, World
from mockserver.webhooks.models import WebhookConfig

if TYPE_CHECKING:
    from mockserver.bots.bots import Cast
    from mockserver.bots.scenario import Script
    from mockserver.faults.applied import AppliedFault
    from mockserver.faults.base import Fault
    from mockserver.faults.rules import Rules
    from mockserver.journal.matching import Request
    from mockserver.webhooks.dispatcher import WebhookDispatcher
    from mockserver.webhooks.inbox import Inboxes

DEFAULT = "default"
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
NAME_RULE = "a name has 1 to 64 letters, digits, '_' or '-'"
#: What a reset can bring back, each by itself.
PARTS = (
    *("data", "clock", "journal", "snapshots"),
    *("faults", "rate_limit", "webhooks", "inbox", "cast"),
)
MAX_SNAPSHOTS = 100


@dataclass(frozen=True)
class SandboxConfig:
    """What all sandboxes of a server have from their start: what each request is hit by, how
    webhooks are delivered, and who is on stage."""

    latency: Fault | None = None
    terms: WebhookConfig = field(default_factory=WebhookConfig)
    script: Script | None = None


class AdvanceResult(NamedTuple):
    """What came of letting time pass: what fell due, in order; how many deliveries still waited
    for their moment in the end, and when the first is due, in Unix time. One that is overdue is
    done by and by: an advance is bounded.

    ``unlisted`` is how much more fell due than ``fired`` holds. Where a cast has so much to do that
    real time ran out, the clock stands where it has got to, and ``left`` seconds are still to pass.
    """

    fired: list[dict[str, Any]]
    pending: int
    next_due: int | None
    unlisted: int
    left: int


class Snapshot(NamedTuple):
    """A world, and the cast that plays in it, if any does."""

    world: World
    cast: Cast | None


class SandboxTime:
    """The present moment of a sandbox, whichever its world is."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def now(self) -> int:
        """Unix seconds."""
        return self.clock.now()

    @property
    def is_real(self) -> bool:
        """Whether the clock runs by itself."""
        return self.clock.mode == "real"


def ignore(_: ChangeSet) -> None:
    """For those whom what happened does not concern."""


class Reading:
    """While a sandbox's world stands still. Spelled out, since a generator would cost more than
    many a read does."""

    __slots__ = ("_sandbox",)

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def __enter__(self) -> World:
        self._sandbox._lock.acquire()
        return self._sandbox._world

    def __exit__(self, *_: object) -> None:
        self._sandbox._lock.release()


class Sandbox(BotRunner):
    """One isolated world. All of its requests take turns.

    ``origin`` is the world that it begins with, and to which a reset returns.
    """

    def __init__(self, name: str, origin: World, setup: SandboxConfig | None = None) -> None:
        self.name = name
        self._origin = origin
        self._setup = setup or SandboxConfig()
        self._world = origin.fork()
        self._present = SandboxTime(self._world.clock)
        self._snapshots: dict[str, Snapshot] = {}
        self._rate_limit: RateLimit | None = None
        self.journal = Journal()
        # Most sandboxes have none of these, and to import what they are takes a tenth of a start.
        seed, present, latency = origin.ids.seed, self._present, self._setup.latency
        self._faults = Late(partial(_new_faults, seed, latency))
        self._outbox = Late(partial(_new_outbox, name, self._setup.terms, seed, present))
        self._inboxes = Late(_new_inboxes)
        self._lock = threading.Lock()
        #: Whether it was deleted: those who still wait in it need not.
        self.closed = False
        super().__init__(self._setup.script, seed)

    # the API's requests

    def reading(self) -> Reading:
        """The world, standing still."""
        return Reading(self)

    @contextmanager
    def transaction(self, tell: Callable[[ChangeSet], None] = ignore) -> Iterator[World]:
        """The world, for one request's changes: all of them are made, or none.

        ``tell`` is told what happened, before the next request's turn.
        """
        with self._lock:
            world = self._world
            world.begin()
            try:
                yield world
                happened = world.finish()
                tell(happened)
                if self._outbox.made:
                    self._outbox.made.enqueue_due(world.clock.now())
            except BaseException:
                world.abandon()
                raise
            finally:
                world.let_go()
            if self._stage.made:
                self._follow(happened.changes)

    def now(self) -> int:
        """The moment on the sandbox's clock, in Unix seconds."""
        return self._world.clock.now()

    @property
    def faults(self) -> Rules:
        """What goes wrong with which of its requests."""
        return self._faults.get()

    def hits(self, request: Request, preferred: Sequence[Fault] = ()) -> Sequence[AppliedFault]:
        """The faults that a request is hit by, in order; ``preferred`` are those it asks for."""
        if self._faults.made or self._setup.latency or preferred:
            return self.faults.hits(request, preferred)
        return ()

    @property
    def outbox(self) -> WebhookDispatcher:
        """Its webhooks, and what goes out to them."""
        return self._outbox.get()

    @property
    def inboxes(self) -> Inboxes:
        """Its receivers of webhooks."""
        return self._inboxes.get()

    def send(self, events: Iterable[Event], request_id: str | None) -> None:
        """Have its webhooks, if it has any, told of what has just happened; ``request_id`` is the
        journal's, None where no request has caused it."""
        if self._setup.terms.initial_webhooks or self._outbox.made:
            self.outbox.dispatch(events, request_id, self.now())

    def admit(self) -> Standing | None:
        """Count a request against the rate limit, if there is one; raises ``TooManyRequests``."""
        limit = self._rate_limit
        if limit is None:
            return None
        standing = limit.take(lambda: self._time_of(limit))
        if not standing.allowed:
            after = standing.retry_after
            message = f"the limit of {standing.limit} requests is used up for {after} seconds"
            if limit.terms.clock == "sandbox" and self._world.clock.mode != "real":
                # Whoever does as Retry-After says would wait in vain.
                how = f'POST /_sandbox/clock/advance {{"seconds": {after}}}'
                message += f"; this sandbox's clock does not pass by waiting, but by {how}"
            raise TooManyRequests(message, after, standing.headers)
        return standing

    # what only a test wants: each is done wholly between two requests

    def reset(self, parts: Collection[str] = PARTS) -> None:
        """Back to the start, ids and clock included; or only the ``parts`` named."""
        with self._lock:
            before = self._world.clock.now()
            if "data" in parts:
                self._replace(self._origin.fork(), keep_clock=True)
            if "clock" in parts:
                self._world.clock = self._present.clock = self._origin.clock.fork()
                self._look_up()
            if "journal" in parts:
                self.journal.reset()
            if "snapshots" in parts:
                self._snapshots.clear()
            if "faults" in parts and self._faults.made:
                self._faults.made.reset(self._origin.ids.seed)
            if "rate_limit" in parts:
                self._rate_limit = None
            if "webhooks" in parts:
                outbox = self._outbox.forget()
                if outbox:
                    outbox.close()
            if "inbox" in parts and self._inboxes.made:
                self._inboxes.made.reset()
            self._reset_stage(parts, self._world.clock.now() - before)

    def close(self) -> None:
        """It was deleted: send nothing any more, and have nobody wait or act."""
        self.closed = True
        self.outbox.close()
        self._close_stage()

    def halt(self) -> None:
        """The server stops: send nothing more of what is still on its way, and have nobody act."""
        if self._outbox.made:
            self._outbox.made.drop_all()
        self._rest(resting=True)

    def resume(self) -> None:
        """The server starts again: those on stage go on."""
        self._rest(resting=False)

    def load(self, world: World) -> None:
        """Go on with another world; those on stage come on anew in it."""
        with self._lock:
            self._replace(world, keep_clock=False)
            self._enter_again()

    def snapshots(self) -> list[str]:
        """The names of the snapshots, sorted."""
        with self._lock:
            return sorted(self._snapshots)

    def take_snapshot(self, name: str) -> None:
        """Remember the world as it is, under a name, and what its cast is about to do; no object
        is copied.

        Raises ``Unavailable`` where there are too many already.
        """
        with self._lock:
            if len(self._snapshots.keys() | {name}) > MAX_SNAPSHOTS:
                raise Unavailable(f"there are {MAX_SNAPSHOTS} snapshots; delete some first")
            self._snapshots[name] = Snapshot(self._world.fork(), self._forked_cast())

    def restore_snapshot(self, name: str) -> None:
        """The world and its cast as they were, next ids and clock included; raises
        ``NotFound``."""
        with self._lock:
            world, cast = self._snapshot(name)
            self._replace(world.fork(), keep_clock=False)
            self._put_back(cast)

    def delete_snapshot(self, name: str) -> None:
        """Forget a snapshot; raises ``NotFound``."""
        with self._lock:
            self._snapshot(name)
            del self._snapshots[name]

    def set_clock(self, mode: Mode | None, now: int | None, speed: int | None = None) -> None:
        """Set the clock's mode, its time (Unix seconds), its speed, or some of them.

        One that becomes real tells the machine's time, unless ``now`` says otherwise. Raises
        ``InvalidRequest`` for the speed of one that does not run by itself.
        """
        with self._lock:
            clock = self._world.clock
            before, becomes = clock.now(), mode or clock.mode
            if speed is not None and becomes != "real":
                raise InvalidRequest(
                    f"speed: only a real clock has one, and this one is '{becomes}'; "
                    'set "mode": "real" too'
                )
            if now is None:
                # Who only sets the speed of one that is real already lets no time jump.
                jumps = mode == "real" and (clock.mode != "real" or speed is None)
                now = Clock(0, "real").now() if jumps else before
            kept = clock.speed if becomes == "real" else 1
            clock.set(becomes, now, kept if speed is None else speed)
            self._look_up()
            self._skip(now - before)

    def advance(self, seconds: int) -> AdvanceResult:
        """Let ``seconds`` pass.

        What falls due is done at once, at its moment, and without the lock: whoever is told of
        something may well ask for more. Raises ``InvalidRequest`` where that would lead past the
        last timestamp that there is.
        """
        before = self.now()
        goal = before + seconds
        if goal > LATEST:
            left = max(0, LATEST - before)
            raise InvalidRequest(f"seconds: only {left} are left until time ends, at {LATEST}")
        outbox = self._outbox.made
        agendas = [scheduler.EventSource(self._next_act, self._act)]
        if outbox:
            outbox.flush_shuffled()
            attempts = partial(self._attempt, outbox)
            agendas.insert(
                0, scheduler.EventSource(outbox.next_due_when_idle, attempts, scheduler.MAX_FIRED)
            )
        passed = scheduler.Scheduler(goal, agendas)
        passed.run()
        behind = self._next_act()
        if behind is None or behind > goal:
            self._turn(goal)
        pending, next_due = (outbox.scheduled_count, outbox.next_due) if outbox else (0, None)
        with self._lock:
            self._look_up()
            self._cue()
            left = max(0, goal - self._world.clock.now())
            fired = passed.fired + self._limits_ended(before, goal - left)
        fired.sort(key=lambda each: each["at"])
        return AdvanceResult(fired, pending, next_due, passed.unlisted, left)

    def _attempt(self, outbox: WebhookDispatcher, at: int) -> Iterable[dict[str, Any]]:
        self._turn(at)
        return outbox.run_due(at)

    def _turn(self, now: int) -> None:
        """Have the clock stand at ``now``, unless it is later already."""
        with self._lock:
            clock = self._world.clock
            clock.advance(max(0, now - clock.now()))

    def rate_limit(self) -> dict[str, Any] | None:
        """The rate limit that is in force, and what is used of it."""
        limit = self._rate_limit
        return None if limit is None else limit.shown(self._time_of(limit))

    def set_rate_limit(self, terms: Limit | None) -> None:
        """Limit the requests from now on, or no longer."""
        with self._lock:
            self._rate_limit = None if terms is None else RateLimit(terms)

    def _time_of(self, limit: RateLimit) -> int:
        return self.now() if limit.terms.clock == "sandbox" else Clock(0, "real").now()

    def _limits_ended(self, before: int, after: int) -> list[dict[str, Any]]:
        limit = self._rate_limit
        if limit is None or limit.terms.clock != "sandbox":
            return []
        end = limit.ends(before, after)
        return [] if end is None else [{"at": end, "type": "rate_limit.reset"}]

    def _tell(self) -> Callable[[Iterable[Event]], None] | None:
        if self._setup.terms.initial_webhooks or self._outbox.made:
            return partial(self.send, request_id=None)
        return None

    def _replace(self, world: World, *, keep_clock: bool) -> None:
        if keep_clock:
            world.clock = self._world.clock
        world.moves = self._world.moves + 1  # whoever looks sees that it is another
        self._world = world
        self._present.clock = world.clock
        self._look_up()

    def _look_up(self) -> None:
        if self._outbox.made:
            self._outbox.made.reschedule()

    def _snapshot(self, name: str) -> Snapshot:
        found = self._snapshots.get(name)
        if found is None:
            known = ", ".join(sorted(self._snapshots)) or "none"
            raise NotFound(f"there is no snapshot '{name}'; there are: {known}")
        return found


def _new_faults(seed: str, latency: Fault | None) -> Rules:
    from mockserver.faults.rules import Rules

    return Rules(seed, latency)


def _new_outbox(
    name: str, terms: WebhookConfig, seed: str, present: SandboxTime
) -> WebhookDispatcher:
    from mockserver.webhooks.dispatcher import WebhookDispatcher

    return WebhookDispatcher(name, terms, seed, present)


def _new_inboxes() -> Inboxes:
    from mockserver.webhooks.inbox import Inboxes

    return Inboxes()
