"""A sandbox: the one owner of state.

A world is what the Protocol API itself would have; a sandbox is one isolated world with a lock
around it, and with what only a test wants.
"""

from __future__ import annotations

import re
import threading
import weakref
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from mockserver.core import passage
from mockserver.core.clock import Clock, Mode
from mockserver.core.late import Late
from mockserver.core.world import Change, Event, Happenings, World
from mockserver.errors import InvalidRequest, NotFound, TooManyRequests, Unavailable
from mockserver.instruments.journal import Journal
from mockserver.instruments.ratelimit import Limit, RateLimit, Standing
from mockserver.instruments.webhooks.terms import Terms
from mockserver.schema.fields import LATEST

if TYPE_CHECKING:
    from mockserver.cast.cast import Cast
    from mockserver.cast.script import Script
    from mockserver.cast.stage import Stage
    from mockserver.instruments.faults.fault import Fault
    from mockserver.instruments.faults.hits import Hit
    from mockserver.instruments.faults.rules import Rules
    from mockserver.instruments.inbox.inboxes import Inboxes
    from mockserver.instruments.matching import Request
    from mockserver.instruments.webhooks.outbox import Outbox

DEFAULT = "default"
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
NAME_RULE = "a name has 1 to 64 letters, digits, '_' or '-'"
#: What a reset can bring back, each by itself.
PARTS = (
    *("data", "clock", "journal", "snapshots"),
    *("faults", "rate_limit", "webhooks", "inbox", "cast"),
)
MOST_SNAPSHOTS = 100
#: How much of what is due a cast does at once where time runs by itself, before it looks anew.
MOST_ACTS = 1000


@dataclass(frozen=True)
class Setup:
    """What all sandboxes of a server have from their start: what each request is hit by, how
    webhooks are delivered, and who is on stage."""

    latency: Fault | None = None
    terms: Terms = field(default_factory=Terms)
    script: Script | None = None


class Advance(NamedTuple):
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


class Present:
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


def ignore(_: Happenings) -> None:
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


class Sandbox:
    """One isolated world. All of its requests take turns.

    ``origin`` is the world that it begins with, and to which a reset returns.
    """

    def __init__(self, name: str, origin: World, setup: Setup | None = None) -> None:
        self.name = name
        self._origin = origin
        self._setup = setup or Setup()
        self._world = origin.fork()
        self._present = Present(self._world.clock)
        self._snapshots: dict[str, Snapshot] = {}
        self._rate_limit: RateLimit | None = None
        self.journal = Journal()
        # Most sandboxes have none of these, and to import what they are takes a tenth of a start.
        seed, present, latency = origin.ids.seed, self._present, self._setup.latency
        self._faults = Late(partial(_new_faults, seed, latency))
        self._outbox = Late(partial(_new_outbox, name, self._setup.terms, seed, present))
        self._inboxes = Late(_new_inboxes)
        self._stage = Late(_new_stage)
        self._lock = threading.Lock()
        #: Whether it was deleted: those who still wait in it need not.
        self.closed = False
        if self._setup.script is not None:
            self.put_on(self._setup.script)

    # the API's requests

    def reading(self) -> Reading:
        """The world, standing still."""
        return Reading(self)

    @contextmanager
    def transaction(self, tell: Callable[[Happenings], None] = ignore) -> Iterator[World]:
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
                    self._outbox.made.fire(world.clock.now())
            except BaseException:
                world.abandon()
                raise
            finally:
                world.let_go()
            if self._stage.made:
                self._follow(self._stage.made, happened.changes)

    def now(self) -> int:
        """The moment on the sandbox's clock, in Unix seconds."""
        return self._world.clock.now()

    @property
    def faults(self) -> Rules:
        """What goes wrong with which of its requests."""
        return self._faults.get()

    def hits(self, request: Request, preferred: Sequence[Fault] = ()) -> Sequence[Hit]:
        """The faults that a request is hit by, in order; ``preferred`` are those it asks for."""
        if self._faults.made or self._setup.latency or preferred:
            return self.faults.hits(request, preferred)
        return ()

    @property
    def outbox(self) -> Outbox:
        """Its webhooks, and what goes out to them."""
        return self._outbox.get()

    @property
    def inboxes(self) -> Inboxes:
        """Its receivers of webhooks."""
        return self._inboxes.get()

    def send(self, events: Iterable[Event], request_id: str | None) -> None:
        """Have its webhooks, if it has any, told of what has just happened; ``request_id`` is the
        journal's, None where no request has caused it."""
        if self._setup.terms.given or self._outbox.made:
            self.outbox.put(events, request_id, self.now())

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
            self._reset_stage(parts, before)

    def close(self) -> None:
        """It was deleted: send nothing any more, and have nobody wait or act."""
        self.closed = True
        self.outbox.close()
        with self._lock:
            self._clear_stage()

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
            if self._stage.made:
                self._stage.made.enter_again(self._world, self._tell())
                self._cue()

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
            if len(self._snapshots.keys() | {name}) > MOST_SNAPSHOTS:
                raise Unavailable(f"there are {MOST_SNAPSHOTS} snapshots; delete some first")
            cast = self._stage.made.cast if self._stage.made else None
            self._snapshots[name] = Snapshot(self._world.fork(), cast and cast.fork())

    def restore_snapshot(self, name: str) -> None:
        """The world and its cast as they were, next ids and clock included; raises
        ``NotFound``."""
        with self._lock:
            world, cast = self._snapshot(name)
            self._replace(world.fork(), keep_clock=False)
            if self._stage.made:
                self._stage.made.put_on(cast and cast.fork())
                self._cue()

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
            if self._stage.made:
                self._stage.made.skip(self._world, now - before)
                self._cue()

    def advance(self, seconds: int) -> Advance:
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
        agendas = [passage.Due(self._next_act, self._act)] if self._stage.made else []
        if outbox:
            outbox.unmix()
            attempts = partial(self._attempt, outbox)
            agendas.insert(0, passage.Due(outbox.quiet_due, attempts, passage.MOST_FIRED))
        passed = passage.Passage(goal, agendas)
        passed.run()
        behind = self._next_act()
        if behind is None or behind > goal:
            self._turn(goal)
        pending, next_due = (outbox.scheduled, outbox.next_due) if outbox else (0, None)
        with self._lock:
            self._look_up()
            self._cue()
            left = max(0, goal - self._world.clock.now())
            fired = passed.fired + self._limits_ended(before, goal - left)
        fired.sort(key=lambda each: each["at"])
        return Advance(fired, pending, next_due, passed.unlisted, left)

    def _attempt(self, outbox: Outbox, at: int) -> Iterable[dict[str, Any]]:
        self._turn(at)
        return outbox.run_next(at)

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

    # those on stage

    def put_on(self, script: Script, seed: str | None = None) -> None:
        """Have the cast of a script come on stage, in the place of whoever is there."""
        with self._lock:
            seed = self._origin.ids.seed if seed is None else seed
            self._stage.get().enter(self._world, script, seed, self._tell())
            self._cue()

    def cast(self) -> dict[str, Any]:
        """Who is on stage, what they did so far and do next; raises ``NotFound``."""
        with self._lock:
            return self._stage.get().demand().shown(self._world)

    def dismiss_cast(self) -> dict[str, Any]:
        """Send them home, and tell who they were; what they said stays. Raises ``NotFound``."""
        with self._lock:
            stage = self._stage.get()
            shown = stage.demand().shown(self._world)
            stage.dismiss(self._world)
            return shown

    def performance(self) -> Cast:
        """A copy of those on stage, or who were there last, to read what was said; raises
        ``NotFound``."""
        with self._lock:
            return self._stage.get().remembered().fork()

    def _follow(self, stage: Stage, changes: Collection[Change]) -> None:
        """Have them hear of what was done; where time has passed by it, what is due is done."""
        world = self._world
        stage.follow(world, changes)
        if world.clock.mode != "real":
            while stage.is_due(world.clock.now()):
                stage.act(world, self._tell())
        else:
            stage.cue(world.clock, _ring(self))

    def _next_act(self) -> int | None:
        with self._lock:
            return self._stage.made.next_due if self._stage.made else None

    def _act(self, at: int) -> list[dict[str, Any]]:
        """Have done what is due first, and by ``at``: then it is that moment, if not later."""
        with self._lock:
            stage, world = self._stage.made, self._world
            if stage is None or not stage.is_due(at):  # somebody has sent them home
                return []
            world.clock.advance(max(0, at - world.clock.now()))
            return stage.act(world, self._tell())

    def _act_by_itself(self) -> None:
        """An alarm has rung: what is due by now is done, each act between two requests."""
        for _ in range(MOST_ACTS):
            with self._lock:
                stage, world = self._stage.made, self._world
                if self.closed or stage is None or not stage.is_due(world.clock.now()):
                    break
                stage.act(world, self._tell())
        with self._lock:
            self._cue()

    def _tell(self) -> Callable[[Iterable[Event]], None] | None:
        """What tells the webhooks, if there may be any."""
        if self._setup.terms.given or self._outbox.made:
            return partial(self.send, request_id=None)
        return None

    def _cue(self) -> None:
        """Have an alarm ring when something is due, whatever it was set to before."""
        if self._stage.made and not self.closed:
            self._stage.made.cue_anew(self._world.clock, _ring(self))

    def _rest(self, *, resting: bool) -> None:
        with self._lock:
            if self._stage.made:
                self._stage.made.rest(resting=resting)
                self._cue()

    def _reset_stage(self, parts: Collection[str], before: int) -> None:
        """Who was on stage at the start is there again, and nobody else; where that is not asked
        for, those who are there go on in what has changed around them."""
        stage = self._stage.made
        if "cast" in parts:
            self._clear_stage()
            script, seed = self._setup.script, self._origin.ids.seed
            if script is not None:
                self._stage.get().enter(self._world, script, seed, self._tell())
        elif stage and "data" in parts:
            stage.enter_again(self._world, self._tell())
        elif stage and "clock" in parts:
            stage.skip(self._world, self._world.clock.now() - before)
        self._cue()

    def _clear_stage(self) -> None:
        stage = self._stage.forget()
        if stage:
            stage.lie_down()

    def _replace(self, world: World, *, keep_clock: bool) -> None:
        if keep_clock:
            world.clock = self._world.clock
        self._world = world
        self._present.clock = world.clock
        self._look_up()

    def _look_up(self) -> None:
        if self._outbox.made:
            self._outbox.made.look_up()

    def _snapshot(self, name: str) -> Snapshot:
        found = self._snapshots.get(name)
        if found is None:
            known = ", ".join(sorted(self._snapshots)) or "none"
            raise NotFound(f"there is no snapshot '{name}'; there are: {known}")
        return found


def _new_faults(seed: str, latency: Fault | None) -> Rules:
    from mockserver.instruments.faults.rules import Rules

    return Rules(seed, latency)


def _new_outbox(name: str, terms: Terms, seed: str, present: Present) -> Outbox:
    from mockserver.instruments.webhooks.outbox import Outbox

    return Outbox(name, terms, seed, present)


def _ring(sandbox: Sandbox) -> Callable[[], None]:
    """What an alarm calls. It keeps no sandbox alive that everybody else has forgotten."""
    reference = weakref.ref(sandbox)

    def ring() -> None:
        found = reference()
        if found is not None:
            found._act_by_itself()

    return ring


def _new_stage() -> Stage:
    from mockserver.cast.stage import Stage

    return Stage()


def _new_inboxes() -> Inboxes:
    from mockserver.instruments.inbox.inboxes import Inboxes

    return Inboxes()
