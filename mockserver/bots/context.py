"""The context of all actions: script, random values, state, and the operations of bots.

Every action goes through ``Simulator``, like the requests to ``/_sandbox/simulate``. Contacts and
conversations are looked up before each action, since the user may have deleted them.
"""

from __future__ import annotations

import re
from collections import deque
from heapq import heappush
from itertools import count
from math import gcd
from typing import Any

from mockserver.bots.script import MINUTE, Person, Script, expand
from mockserver.bots.state import PlannedAction, State
from mockserver.bots.transcript import Line
from mockserver.resources.conversations import owner_of
from mockserver.schema.schema import ValidatedInput
from mockserver.seeding.random_values import KeyedRandom, WordPool
from mockserver.simulation.simulator import Simulator
from mockserver.storage.collection import Record
from mockserver.storage.world import World

MAX_PLANNED = 2000
"""While so many actions are planned, bots respond to no further message."""

LETTERS_PER_SECOND = 6


class BotRandom:
    """Random values that depend on the seed, the script's name and the arguments alone.

    ``stream`` and ``name`` select an independent stream of values, ``n`` a value of it. Both names
    are hashed: to rename a stream changes all that bots do with the same seed.
    """

    def __init__(self, seed: str, script: str) -> None:
        self.keyed = KeyedRandom(f"{seed}/{script}")

    def number(self, stream: str, name: str, n: int) -> int:
        """Return a number of 64 bits."""
        return self.keyed.number(stream, n, name)

    def chance(self, probability: float, stream: str, name: str, n: int) -> bool:
        """Return True with a probability from 0 to 1."""
        return self.number(stream, name, n) < probability * 2**64

    def between(self, span: tuple[int, int], stream: str, name: str, n: int) -> int:
        """Return a whole number in the span, both ends included."""
        minimum, maximum = span
        return minimum + self.number(stream, name, n) % (maximum - minimum + 1)

    def minutes(self, span: tuple[int, int], stream: str, name: str, n: int) -> int:
        """Return a duration in seconds within a span in minutes."""
        return self.between((span[0] * MINUTE, span[1] * MINUTE), stream, name, n)

    def rotate(self, count: int, stream: str, name: str, n: int) -> int:
        """Return the ``n``-th index of a rotation: each of ``count`` once before any again."""
        number = self.number(stream, name, 0)
        # Large enough that neighbours in the list do not follow each other.
        stride = max(1, count * 3 // 8) + number % 3
        while gcd(stride, count) != 1:
            stride += 1
        return ((number >> 32) + n * stride) % count


class BotContext:
    """The bots of a script in one world."""

    def __init__(self, script: Script, seed: str, simulator: Simulator, state: State) -> None:
        self.script = script
        self.seed = seed
        self.simulator = simulator
        self.state = state
        self.random = BotRandom(seed, script.name)
        self.people = {person.username: person for person in script.people}
        #: What the current action has done, in the format of the answer of a clock advance.
        self.log_entries: list[dict[str, Any]] = []
        self._words: WordPool | None = None

    def fork(self) -> BotContext:
        """Return an independent copy."""
        return BotContext(self.script, self.seed, self.simulator, self.state.fork())

    # people and times

    def person_of(self, contact_id: str) -> Person | None:
        """Return the person of the script that plays a contact."""
        username = self.state.people.get(contact_id)
        return None if username is None else self.people[username]

    def is_participant(self, world: World, contact_id: str, conversation_id: str) -> bool:
        """Whether the conversation exists and the contact takes part in it."""
        conversation = world["conversation"].get(conversation_id)
        if conversation is None:
            return False
        _, owner = owner_of(world, conversation)
        return contact_id in owner.get("contacts", (owner["id"],))

    def local_time(self, timestamp: int) -> int:
        """Convert a Unix time to the script's local time, in seconds."""
        return timestamp + self.script.utc_offset

    def is_awake(self, person: Person, timestamp: int) -> bool:
        return person.awake.contains(self.local_time(timestamp))

    def next_awake(self, person: Person, timestamp: int, n: int) -> int:
        """Return the time itself, or one in the next morning if the person sleeps then."""
        local = self.local_time(timestamp)
        delay = person.awake.next(local) - local
        if delay:
            delay += self.random.between((60, 1500), "morning", person.username, n)
        return timestamp + delay

    # planning

    def plan(self, due: int, action: str, contact_id: str = "", **values: Any) -> None:
        """Plan an action for ``due``, in Unix time; see ``PlannedAction``."""
        self.state.planned_count += 1
        planned = PlannedAction(due, self.state.planned_count, action, contact_id, **values)
        heappush(self.state.planned, planned)

    @property
    def has_capacity(self) -> bool:
        """Whether bots may plan responses."""
        return len(self.state.planned) < MAX_PLANNED

    def next_draw(self, stream: str, name: str) -> int:
        """Return the index of the next value of a stream, counting from 0."""
        draws = self.state.draws
        n = draws[stream, name] = draws.get((stream, name), -1) + 1
        return n

    # texts

    def next_line(self, lines: tuple[str, ...], stream: str, name: str, addressee: str) -> str:
        """Return the next of the lines in rotation, expanded."""
        n = self.next_draw(stream, name)
        line = lines[self.random.rotate(len(lines), stream, name, n)]
        return self.expand(line, addressee, stream, name, n)

    def expand(self, line: str, addressee: str, stream: str, name: str, n: int) -> str:
        """Replace the placeholders of a line that is used for the ``n``-th time."""
        numbers = count(n * 64)

        def choose(options: int) -> int:
            return self.random.number(f"way.{stream}", name, next(numbers)) % options

        return expand(line, addressee, choose)

    def unprompted_line(self, person: Person, addressee: str) -> str:
        """Return what a person says without being asked."""
        if person.faker is None:
            return self.next_line(person.lines, "line", person.username, addressee)
        if self._words is None:
            self._words = WordPool(self.random.keyed)
        n = self.next_draw("faker", person.username)
        return self._words.pick(person.faker, self.random.number("faker", person.username, n))

    def typing_seconds(self, text: str) -> int:
        """Return how long it takes to type a text."""
        return 1 + len(text) // LETTERS_PER_SECOND

    # actions

    def send_message(
        self, world: World, contact_id: str, conversation_id: str | None, text: str
    ) -> Record:
        """Send a message in a conversation, or to the user; return the stored message."""
        values = {"from": contact_id, "message": text}
        if conversation_id is not None:
            values["conversation_id"] = conversation_id
            self.read(world, contact_id, conversation_id)
        message = world["message"][self.simulator.message(world, ValidatedInput(values))["id"]]
        conversation_id = message["conversation_id"]
        self.record(world, "message", contact_id, conversation_id, message["id"], text)
        sent = self.state.sent.setdefault(conversation_id, deque())
        sent.append(message["id"])
        while len(sent) > self.script.keep_messages:
            self._delete_message(world, conversation_id, sent.popleft())
        return message

    def _delete_message(self, world: World, conversation_id: str, message_id: str) -> None:
        message = world["message"].get(message_id)
        if message is None:
            return
        if self.is_participant(world, message["contact"], conversation_id):
            self.simulator.delete(world, ValidatedInput({"message_id": message_id}))
        else:  # a sender who has left the group may not delete there, but the user may
            self.simulator.resources.messages.delete(world, message_id)
        self.log(world, "delete", message["contact"], conversation_id, message_id)

    def read(self, world: World, contact_id: str, conversation_id: str) -> None:
        """Read the user's messages in a conversation, if any are new."""
        if conversation_id in self.state.unread:
            self.state.unread.discard(conversation_id)
            draft = ValidatedInput({"from": contact_id, "conversation_id": conversation_id})
            if self.simulator.read(world, draft)["data"]:
                self.record(world, "read", contact_id, conversation_id)

    def record(
        self,
        world: World,
        action: str,
        contact_id: str,
        conversation_id: str | None = None,
        message_id: str | None = None,
        text: str | None = None,
    ) -> None:
        """Add an action of a bot to the transcript and to the log."""
        self.add_line(world, action, contact_id, conversation_id, message_id, text)
        self.log(world, action, contact_id, conversation_id, message_id)

    def add_line(
        self,
        world: World,
        action: str,
        contact_id: str,
        conversation_id: str | None = None,
        message_id: str | None = None,
        text: str | None = None,
    ) -> Line:
        """Add an action of a bot or of the user to the transcript."""
        return self.state.transcript.add(
            world.clock.now(),
            action,
            contact_id,
            name_of(world, contact_id),
            conversation_id=conversation_id,
            conversation_name=conversation_name(world, conversation_id),
            message_id=message_id,
            text=text,
        )

    def log(
        self,
        world: World,
        action: str,
        contact_id: str,
        conversation_id: str | None,
        message_id: str | None,
    ) -> None:
        """Count an action, and add it to the log entries."""
        self.state.counts[action] = self.state.counts.get(action, 0) + 1
        self.log_entries.append(
            {
                "at": world.clock.now(),
                "type": f"bots.{action}",
                "contact": contact_id,
                "conversation": conversation_id,
                "message": message_id,
            }
        )

    def forget_conversation(self, conversation_id: str) -> None:
        """Drop the state of a deleted conversation."""
        self.state.sent.pop(conversation_id, None)
        self.state.unread.discard(conversation_id)


def name_of(world: World, contact_id: str) -> str:
    """Return the name of a contact in a transcript."""
    contact = world["contact"].get(contact_id) or world.departed.get(contact_id)
    return "Unknown" if contact is None else contact.get("display_name") or contact["username"]


def first_name(world: World, contact_id: str) -> str:
    """Return the name by which bots address a contact: the first of its names."""
    contact = world["contact"].get(contact_id)
    if contact is None:
        return ""
    if contact["display_name"]:
        return str((contact["display_name"].split() or [contact["display_name"]])[0])
    match = re.match(r"[A-Z][^\W\d_A-Z]+", contact["username"])
    return match[0] if match else str(contact["username"])


def conversation_name(world: World, conversation_id: str | None) -> str | None:
    """Return a conversation's name in a transcript: its group's or contact's name."""
    conversation = world["conversation"].get(conversation_id or "")
    if conversation is None:
        return None
    kind, owner = owner_of(world, conversation)
    return str(owner["name"] if kind == "group" else name_of(world, owner["id"]))
