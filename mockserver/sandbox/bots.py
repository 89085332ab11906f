"""What of a sandbox has a cast act in it: by requests, by an advance, or by itself."""

from __future__ import annotations

import threading
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any

from mockserver.storage.lazy import Late
from mockserver.storage.world import Change, Event, World

if TYPE_CHECKING:
    from mockserver.bots.bots import Cast
    from mockserver.bots.host import BotHost
    from mockserver.bots.scenario import Script

#: How much of what is due a cast does at once where time runs by itself, before it looks anew.
MOST_ACTS = 1000


class BotRunner(ABC):
    """It shares the lock and the world of its sandbox, which sets them.

    ``script`` is of those who are there from the start, and ``seed`` theirs. Where nobody ever is,
    nothing of a cast is imported. Methods that begin with an underscore want the lock, unless they
    say that they take it.
    """

    _lock: threading.Lock
    _world: World
    closed: bool

    def __init__(self, script: Script | None, seed: str) -> None:
        self._opening, self._seed = script, seed
        self._stage = Late(_new_stage)
        if script is not None:
            self.put_on(script)

    @abstractmethod
    def _tell(self) -> Callable[[Iterable[Event]], None] | None:
        """What tells the webhooks; None where there are none."""

    # what only a test wants

    def put_on(self, script: Script, seed: str | None = None) -> None:
        """Have the cast of a script come on stage, in the place of whoever is there."""
        with self._lock:
            self._enter(script, self._seed if seed is None else seed)
            self._cue()

    @property
    def on_stage(self) -> str | None:
        """The name of the script that is played; None where there is no cast."""
        cast = self._stage.made.cast if self._stage.made else None
        return cast.script.name if cast else None

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

    # time

    def _follow(self, changes: Collection[Change]) -> None:
        """Have them hear of what was done; where time has passed by it, what is due is done."""
        stage, world = self._stage.made, self._world
        if stage is None:
            return
        stage.follow(world, changes)
        if world.clock.mode == "real":
            stage.cue(world.clock, _ring(self))
            return
        while stage.is_due(world.clock.now()):
            stage.act(world, self._tell())

    def _next_act(self) -> int | None:
        """When somebody acts next, in Unix time. Takes the lock."""
        if self._stage.made is None:
            return None
        with self._lock:
            return self._stage.made.next_due if self._stage.made else None

    def _act(self, at: int) -> list[dict[str, Any]]:
        """Have done what is due first, and by ``at``: then it is that moment, if not later. Takes
        the lock."""
        with self._lock:
            stage, world = self._stage.made, self._world
            if stage is None or not stage.is_due(at):  # somebody has sent them home
                return []
            world.clock.advance(max(0, at - world.clock.now()))
            return stage.act(world, self._tell())

    def _act_by_itself(self) -> None:
        """An alarm has rung: what is due by now is done, each act between two requests. Takes the
        lock."""
        for _ in range(MOST_ACTS):
            with self._lock:
                stage, world = self._stage.made, self._world
                if self.closed or stage is None or not stage.is_due(world.clock.now()):
                    break
                stage.act(world, self._tell())
        with self._lock:
            self._cue()

    def _cue(self) -> None:
        """Have an alarm ring when something is due, whatever it was set to before."""
        if self._stage.made and not self.closed:
            self._stage.made.cue_anew(self._world.clock, _ring(self))

    def _skip(self, seconds: int) -> None:
        """The clock was set, by so many seconds."""
        if self._stage.made:
            self._stage.made.skip(self._world, seconds)
            self._cue()

    def _rest(self, *, resting: bool) -> None:
        """While the server does not run, nobody acts by themselves. Takes the lock."""
        with self._lock:
            if self._stage.made:
                self._stage.made.rest(resting=resting)
                self._cue()

    # the ways back

    def _forked_cast(self) -> Cast | None:
        """A copy of those on stage, to be put back one day."""
        cast = self._stage.made.cast if self._stage.made else None
        return None if cast is None else cast.fork()

    def _put_back(self, cast: Cast | None) -> None:
        """Have a copy of these go on from where they are, or nobody."""
        if self._stage.made:
            self._stage.made.put_on(None if cast is None else cast.fork())
            self._cue()

    def _enter(self, script: Script, seed: str) -> None:
        self._stage.get().enter(self._world, script, seed, self._tell())

    def _enter_again(self) -> None:
        """The world is another: those on stage come on anew in it."""
        if self._stage.made:
            self._stage.made.enter_again(self._world, self._tell())
            self._cue()

    def _reset_stage(self, parts: Collection[str], skipped: int) -> None:
        """Who was on stage at the start is there again, and nobody else; where that is not asked
        for, those who are there go on in what has changed around them."""
        if "cast" in parts:
            self._clear_stage()
            if self._opening is not None:
                self._enter(self._opening, self._seed)
                self._cue()
        elif "data" in parts:
            self._enter_again()
        elif "clock" in parts:
            self._skip(skipped)

    def _close_stage(self) -> None:
        """The sandbox was deleted. Takes the lock."""
        with self._lock:
            self._clear_stage()

    def _clear_stage(self) -> None:
        stage = self._stage.forget()
        if stage:
            stage.lie_down()


def _ring(theatre: BotRunner) -> Callable[[], None]:
    """What an alarm calls. It keeps no sandbox alive that everybody else has forgotten."""
    reference = weakref.ref(theatre)

    def ring() -> None:
        found = reference()
        if found is not None:
            found._act_by_itself()

    return ring


def _new_stage() -> BotHost:
    from mockserver.bots.host import BotHost

    return BotHost()
