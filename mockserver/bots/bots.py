"""A cast on stage: it comes on, does what is due, follows what the user does, and can be copied."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import heapify, heappop, nsmallest
from typing import Any

from mockserver.bots import actions, observer, planner, setup, visitors
from mockserver.bots.context import BotContext, name_of
from mockserver.bots.scenario import Script
from mockserver.bots.state import PlannedAction, State
from mockserver.bots.transcript import Transcript
from mockserver.simulation.simulator import Simulator
from mockserver.storage.world import Change, World

MOST_TOLD = 10
"""How much of what is due next is told."""


def _hour(company: BotContext, world: World, deed: PlannedAction) -> None:
    planner.plan(company, world)


ACTS: dict[str, Callable[[BotContext, World, PlannedAction], None]] = {
    "hour": _hour,
    "come": actions.come,
    "go": actions.go,
    "say": actions.say,
    "answer": actions.answer,
    "read": actions.read,
    "react": actions.react,
    "join": actions.join,
    "leave": actions.leave,
    "arrive": visitors.arrive,
    "speak": visitors.speak,
    "wait": visitors.wait,
    "part": visitors.part,
    "forget": visitors.forget,
}
Mark = tuple[int, dict[str, int]]
#: What was planned by the hour, for its moment alone: where the clock is set, it is planned anew.
HOURLY = ("hour", "come", "go", "say", "join", "arrive")


class Cast:
    """The cast of a script in one world. Its sandbox has the lock."""

    def __init__(self, script: Script, seed: str, others: Simulator, state: State) -> None:
        self.script = script
        self.seed = seed
        self._company = BotContext(script, seed, others, state)

    @property
    def state(self) -> State:
        return self._company.state

    @property
    def transcript(self) -> Transcript:
        """What was said and done so far."""
        return self.state.transcript

    @property
    def next_due(self) -> int | None:
        """When the next of them does anything, in Unix time."""
        deeds = self.state.deeds
        return deeds[0].due if deeds else None

    def enter(self, world: World) -> None:
        """Come on stage, and plan the hour."""
        setup.enter(self._company, world)
        planner.plan(self._company, world)

    def play(self, world: World) -> list[dict[str, Any]]:
        """Do what is due first; tells each act, none where it came to nothing."""
        deed = heappop(self.state.deeds)
        done = self._company.done = []
        ACTS[deed.act](self._company, world, deed)
        return done

    def mark(self) -> Mark:
        """What ``take_back`` needs."""
        return self.transcript.last, self.state.counts.copy()

    def take_back(self, mark: Mark) -> None:
        """What was done since was undone: it is told nowhere, and not tried again."""
        last, self.state.counts = mark
        self.transcript.take_back(last)

    def follow(self, world: World, changes: Iterable[Change]) -> None:
        """Take note of what somebody else has done."""
        observer.follow(self._company, world, changes)

    def skip(self, world: World, seconds: int) -> None:
        """The clock was set: what they had in mind stays as far away as it was; what the hours
        bring is planned anew."""
        self.state.deeds = [
            deed._replace(due=deed.due + seconds)
            for deed in self.state.deeds
            if deed.act not in HOURLY
        ]
        heapify(self.state.deeds)
        planner.plan(self._company, world)

    def fork(self) -> Cast:
        """An equal one; from here each goes its own way."""
        return Cast(self.script, self.seed, self._company.others, self.state.fork())

    def shown(self, world: World) -> dict[str, Any]:
        """Who is on stage, what they did so far, and what they are about to do."""
        company, state, now = self._company, self.state, world.clock.now()
        people = [
            {
                "username": username,
                "contact_id": contact_id,
                "name": name_of(world, contact_id),
                "role": company.people[username].role,
                "is_here": contact_id in world["contact"],
                "is_awake": company.is_awake(company.people[username], now),
            }
            for contact_id, username in state.people.items()
        ]
        groups = [
            {"name": name, "group_id": group_id, "is_here": group_id in world["group"]}
            for name, group_id in state.groups.items()
        ]
        strangers = [
            {"contact_id": contact_id, "name": name_of(world, contact_id), "has_left": one.has_left}
            for contact_id, one in state.strangers.items()
        ]
        coming = nsmallest(MOST_TOLD, (deed for deed in state.deeds if deed.act != "hour"))
        return {
            "script": self.script.name,
            "seed": self.seed,
            "since": state.since,
            "people": people,
            "groups": groups,
            "strangers": strangers,
            "counts": dict(sorted(state.counts.items())),
            "planned": sum(deed.act != "hour" for deed in state.deeds),
            "next": [
                {"at": deed.due, "act": deed.act, "contact_id": deed.who or None} for deed in coming
            ],
        }
