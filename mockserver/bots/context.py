"""Those on stage: who they are in the world, what they would say, and how they do what they do.

Every act goes through ``resources.others``, as one of ``/_sandbox/simulate`` does. Whoever is gone,
or has lost their place, is looked for before an act; so nothing that was deleted breaks one.
"""

from __future__ import annotations

from collections import deque
from heapq import heappush
from itertools import count
from typing import Any

from mockserver.bots.rng import BotRandom
from mockserver.bots.scenario import Person, Script
from mockserver.bots.state import PlannedAction, State
from mockserver.bots.templates import called, worded
from mockserver.bots.transcript import Line
from mockserver.resources.conversations import owner_of
from mockserver.schema.schema import Draft
from mockserver.seeding.random_values import Words
from mockserver.simulation.simulator import Simulator
from mockserver.storage.collection import Record
from mockserver.storage.world import World

MOST_DEEDS = 2000
"""How much they may have in mind while they listen; what is said beyond it makes no impression."""

LETTERS_A_SECOND = 6


class BotContext:
    """The people and strangers of a script, in one world."""

    def __init__(self, script: Script, seed: str, others: Simulator, state: State) -> None:
        self.script = script
        self.seed = seed
        self.others = others
        self.state = state
        self.dice = BotRandom(seed, script.name)
        self.people = {each.username: each for each in script.people}
        #: What was done since somebody asked, for whoever wants to know what fell due.
        self.done: list[dict[str, Any]] = []
        self._words: Words | None = None

    # who they are

    def person(self, contact_id: str) -> Person | None:
        """The person of the script who this contact is."""
        username = self.state.people.get(contact_id)
        return None if username is None else self.people[username]

    def has_place(self, world: World, contact_id: str, conversation_id: str) -> bool:
        """Whether somebody is in a conversation, and it is there; who was deleted is in none."""
        conversation = world["conversation"].get(conversation_id)
        if conversation is None:
            return False
        _, owner = owner_of(world, conversation)
        return contact_id in owner.get("contacts", (owner["id"],))

    def local(self, moment: int) -> int:
        """A moment in seconds of their local time."""
        return moment + self.script.offset

    def is_awake(self, person: Person, moment: int) -> bool:
        return person.awake.holds(self.local(moment))

    def when_awake(self, person: Person, moment: int, n: int) -> int:
        """The moment, or some time of the morning after it where it is in the night."""
        local = self.local(moment)
        later = person.awake.next(local) - local
        if later:
            later += self.dice.between((60, 1500), "morning", person.username, n)
        return moment + later

    # what they would do, and say

    def plan(self, due: int, act: str, who: str = "", **values: Any) -> None:
        """Have it done at ``due``, Unix time; see ``PlannedAction``."""
        state = self.state
        state.numbers += 1
        heappush(state.deeds, PlannedAction(due, state.numbers, act, who, **values))

    @property
    def can_listen(self) -> bool:
        """Whether there is room for more in their minds."""
        return len(self.state.deeds) < MOST_DEEDS

    def turn(self, what: str, who: str) -> int:
        """How often that was asked of them before."""
        turns = self.state.turns
        n = turns[what, who] = turns.get((what, who), -1) + 1
        return n

    def next_of(self, lines: tuple[str, ...], what: str, who: str, name: str) -> str:
        """The line of somebody that has its turn, as it is said to ``name``."""
        n = self.turn(what, who)
        return self.worded(lines[self.dice.turn(len(lines), what, who, n)], name, what, who, n)

    def worded(self, line: str, name: str, what: str, who: str, n: int) -> str:
        """A line as it is said for the ``n``-th time."""
        numbers = count(n * 64)

        def pick(ways: int) -> int:
            return self.dice.number(f"way.{what}", who, next(numbers)) % ways

        return worded(line, name, pick)

    def own_line(self, person: Person, name: str) -> str:
        """What somebody says of their own accord."""
        if person.faker is None:
            return self.next_of(person.lines, "line", person.username, name)
        if self._words is None:
            self._words = Words(self.dice.draws)
        n = self.turn("faker", person.username)
        return self._words.pick(person.faker, self.dice.number("faker", person.username, n))

    def typing(self, text: str) -> int:
        """Seconds that it takes to type a text."""
        return 1 + len(text) // LETTERS_A_SECOND

    # what they do

    def say(self, world: World, who: str, place: str | None, text: str) -> Record:
        """Say something in a conversation, or to the user; returns the message, as it is kept."""
        values = {"from": who, "message": text}
        if place is not None:
            values["conversation_id"] = place
            self.read(world, who, place)
        shown = self.others.message(world, Draft(values))
        said = world["message"][shown["id"]]
        self.note(world, "message", who, said["conversation_id"], said["id"], text)
        self._keep(world, said)
        return said

    def read(self, world: World, who: str, place: str) -> None:
        """Read what the user has said in a conversation, if there is anything new."""
        if place in self.state.unread:
            self.state.unread.discard(place)
            draft = Draft({"from": who, "conversation_id": place})
            if self.others.read(world, draft)["data"]:
                self.note(world, "read", who, place)

    def note(
        self,
        world: World,
        act: str,
        who: str,
        place: str | None = None,
        about: str | None = None,
        text: str | None = None,
    ) -> None:
        """Write into the transcript what somebody of the cast has just done."""
        line = self.observe(world, act, who, place, about, text)
        self.tell(line.at, act, who, place, about)

    def observe(
        self,
        world: World,
        act: str,
        who: str,
        place: str | None = None,
        about: str | None = None,
        text: str | None = None,
    ) -> Line:
        """Write into the transcript what anybody has done; returns the line."""
        return self.state.transcript.add(
            world.clock.now(),
            act,
            who,
            name_of(world, who),
            conversation_id=place,
            scene=scene_of(world, place),
            message_id=about,
            text=text,
        )

    def tell(self, at: int, act: str, who: str, place: str | None, about: str | None) -> None:
        """Count an act, and tell it to whoever wants to know what fell due."""
        self.state.counts[act] = self.state.counts.get(act, 0) + 1
        told = {"at": at, "type": f"cast.{act}", "contact": who}
        self.done.append({**told, "conversation": place, "message": about})

    def _keep(self, world: World, said: Record) -> None:
        """Take back the oldest of the cast's messages, where a conversation has too many."""
        place = said["conversation_id"]
        kept = self.state.kept.setdefault(place, deque())
        kept.append(said["id"])
        while len(kept) > self.script.keep:
            self._take_back(world, place, kept.popleft())

    def _take_back(self, world: World, place: str, message_id: str) -> None:
        message = world["message"].get(message_id)
        if message is None:
            return
        if self.has_place(world, message["contact"], place):
            self.others.delete(world, Draft({"message_id": message_id}))
        else:  # who has left a group can do nothing there, but the user can
            self.others.resources.messages.delete(world, message_id)
        self.tell(world.clock.now(), "delete", message["contact"], place, message_id)

    def forget_place(self, place: str) -> None:
        """A conversation is gone."""
        self.state.kept.pop(place, None)
        self.state.unread.discard(place)


def name_of(world: World, contact_id: str) -> str:
    """What a contact is called in a play."""
    contact = world["contact"].get(contact_id) or world.departed.get(contact_id)
    return "Somebody" if contact is None else contact.get("display_name") or contact["username"]


def first_name(world: World, contact_id: str) -> str:
    """How a contact is addressed."""
    contact = world["contact"].get(contact_id)
    return "" if contact is None else called(contact["username"], contact["display_name"])


def scene_of(world: World, conversation_id: str | None) -> str | None:
    """What a conversation is called in a play: by its group, or by who it is with."""
    conversation = world["conversation"].get(conversation_id or "")
    if conversation is None:
        return None
    kind, owner = owner_of(world, conversation)
    return str(owner["name"] if kind == "group" else name_of(world, owner["id"]))
