"""What a cast has in mind: all that changes as it plays, and can be copied at little cost."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from mockserver.bots.transcript import Transcript


class PlannedAction(NamedTuple):
    """What somebody is about to do. No two have the same ``number``, so that they have an order.

    ``due`` is Unix time, ``who`` a contact's id, ``place`` a conversation's or a group's, ``about``
    a message's; ``depth`` says how many answers led to it.
    """

    due: int
    number: int
    act: str
    who: str = ""
    place: str = ""
    about: str = ""
    text: str = ""
    depth: int = 0


class Stranger(NamedTuple):
    """Somebody of the queue. ``turn`` grows with whatever makes what they had in mind stale."""

    number: int
    problem: int
    told: int = 0
    reminded: int = 0
    turn: int = 0
    has_left: bool = False


@dataclass
class State:
    """All of it.

    ``people`` and ``strangers`` are by the ids of their contacts, ``groups`` by name; ``kept`` are
    the ids of the cast's messages by conversation, oldest first; ``unread`` the conversations in
    which the user has said something since; ``busy`` who is about to answer where.
    """

    since: int
    deeds: list[PlannedAction] = field(default_factory=list)
    numbers: int = 0
    heard: int = 0
    people: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    strangers: dict[str, Stranger] = field(default_factory=dict)
    turns: dict[tuple[str, str], int] = field(default_factory=dict)
    kept: dict[str, deque[str]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    busy: set[tuple[str, str]] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    transcript: Transcript = field(default_factory=Transcript)

    def fork(self) -> State:
        """An equal one; from here each goes its own way."""
        return replace(
            self,
            deeds=self.deeds.copy(),
            people=self.people.copy(),
            groups=self.groups.copy(),
            strangers=self.strangers.copy(),
            turns=self.turns.copy(),
            kept={place: ids.copy() for place, ids in self.kept.items()},
            unread=self.unread.copy(),
            busy=self.busy.copy(),
            counts=self.counts.copy(),
            transcript=self.transcript.fork(),
        )
