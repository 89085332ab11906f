"""The stage of a sandbox: who plays on it, what it takes to have them act, and when to look."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

from mockserver.bots.bots import Cast
from mockserver.bots.scenario import Script
from mockserver.bots.state import State
from mockserver.errors import NotFound
from mockserver.resources.registry import ResourceRegistry
from mockserver.simulation.simulator import Simulator
from mockserver.storage.clock import Clock
from mockserver.storage.timer import RestartableTimer
from mockserver.storage.world import Change, Event, World

SHORTEST = 0.02
"""Seconds of real time between two looks at what is due; on a fast clock a lot may be."""

logger = logging.getLogger("mockserver")

#: Told of events; None where nobody listens, and so none need be rendered.
Tell = Callable[[Iterable[Event]], None] | None


class BotHost:
    """Its sandbox has the lock at each call."""

    def __init__(self) -> None:
        #: Who is on stage.
        self.cast: Cast | None = None
        #: Who was there last: what they said can be read when they are gone.
        self._last: Cast | None = None
        self._others = Simulator(ResourceRegistry())
        self._alarm = RestartableTimer()
        self._rung_for: int | None = None
        self._is_resting = False

    # who is on it

    def put_on(self, cast: Cast | None) -> None:
        """Have these go on from where they are; None leaves the stage empty, as it was once."""
        self.cast = self._last = cast

    def enter(self, world: World, script: Script, seed: str, tell: Tell) -> None:
        """Have the cast of a script come on, in the place of whoever is there."""
        cast = Cast(script, seed, self._others, State(world.clock.now()))
        self.put_on(cast)
        self._do(world, cast, lambda: cast.enter(world), tell)

    def enter_again(self, world: World, tell: Tell) -> None:
        """The world is another: those on stage begin anew in it."""
        if self.cast is not None:
            self.enter(world, self.cast.script, self.cast.seed, tell)

    def dismiss(self, world: World) -> None:
        """Send them home; what they said stays."""
        if self.cast is not None:
            self.cast.transcript.add(world.clock.now(), "exeunt", "", "All")
        self.cast = None
        self.lie_down()

    def demand(self) -> Cast:
        """Those on stage; raises ``NotFound`` where there is nobody."""
        if self.cast is None:
            raise nobody()
        return self.cast

    def remembered(self) -> Cast:
        """Those on stage, or who were there last; raises ``NotFound``."""
        if self._last is None:
            raise nobody()
        return self._last

    # what they do

    def is_due(self, now: int) -> bool:
        """Whether anybody is to act by ``now``."""
        due = self.next_due
        return due is not None and due <= now

    @property
    def next_due(self) -> int | None:
        """When somebody acts next, in Unix time."""
        return None if self.cast is None else self.cast.next_due

    def act(self, world: World, tell: Tell) -> list[dict[str, Any]]:
        """Have done what is due first, at this moment; tells of it."""
        cast, done = self.demand(), []
        fine = self._do(world, cast, lambda: done.extend(cast.play(world)), tell)
        return done if fine else []

    def follow(self, world: World, changes: Iterable[Change]) -> None:
        """Have them take note of what a request has changed."""
        cast = self.cast
        if cast is not None and changes:
            try:
                cast.follow(world, changes)
            except Exception:
                # The request itself is done, and nothing to blame.
                logger.exception("the cast '%s' lost the thread", cast.script.name)

    def skip(self, world: World, seconds: int) -> None:
        """The clock was set by so many seconds, without any of them passing."""
        if self.cast is not None and seconds:
            self.cast.skip(world, seconds)

    def _do(self, world: World, cast: Cast, act: Callable[[], object], tell: Tell) -> bool:
        """Have them act; it takes no time. One that fails is taken back whole, and the others go
        on; returns whether it was done."""
        mark = cast.mark()
        world.begin(world.clock.now())
        try:
            act()
            if tell is not None:
                tell(world.finish().events)
            else:
                world.moves += 1  # without finish(), which would render the events
            return True
        except Exception:
            logger.exception("an act of the cast '%s' failed", cast.script.name)
            world.abandon()
            cast.take_back(mark)
            return False
        finally:
            world.let_go()

    # when to look

    def cue(self, clock: Clock, ring: Callable[[], None]) -> None:
        """Where the clock runs by itself, have ``ring`` called when something is due."""
        due = self.next_due
        if due is None or clock.mode != "real" or self._is_resting:
            self.lie_down()
        elif due != self._rung_for:
            self._rung_for = due
            self._alarm.set(max(SHORTEST, (due - clock.now()) / clock.speed), ring)

    def cue_anew(self, clock: Clock, ring: Callable[[], None]) -> None:
        """The same, where an alarm has rung, or the clock was set."""
        self._rung_for = None
        self.cue(clock, ring)

    def lie_down(self) -> None:
        """Call nobody."""
        self._rung_for = None
        self._alarm.cancel()

    def rest(self, *, resting: bool) -> None:
        """While the server does not run, do nothing by itself."""
        self._is_resting = resting


def nobody() -> NotFound:
    """That the stage is empty, and how to fill it."""
    return NotFound(
        'there is no cast on stage; PUT /_sandbox/cast {"script": "office"} has one come on, and '
        "GET /_sandbox/cast/scripts tells the scripts that there are"
    )
