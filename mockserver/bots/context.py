"""The context of an action: the script, the world, random values, and the operations of bots.

Actions go through ``Simulator``, like the requests to ``/_sandbox/simulate``. Contacts and
conversations are looked up before each action, since the user may have deleted them.
"""

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from heapq import heappush
from itertools import count
from math import gcd
from typing import Any

from mockserver.bots.script import BRACES, MINUTE, FakerLines, Person, Script
from mockserver.bots.state import PlannedAction, State
from mockserver.resources.conversations import owner_of
from mockserver.schema.schema import ValidatedInput
from mockserver.seeding.random_values import KeyedRandom, WordPool
from mockserver.simulation.simulator import Simulator
from mockserver.storage.collection import Record
from mockserver.storage.world import World

MAX_PLANNED = 2000  # planned actions; while it is reached, bots do not respond to messages
CHARACTERS_PER_SECOND = 6  # typing speed of the bots


class BotRandom:
    """Random values that depend only on the seed, the script's name and the arguments.

    ``stream`` and ``name`` select an independent stream of values, ``n`` a value of the stream.
    Both names are hashed: renaming a stream changes what bots do with the same seed.
    """

    def __init__(self, seed: str, script: str) -> None:
        self._keyed = KeyedRandom(f"{seed}/{script}")

    @cached_property
    def words(self) -> WordPool:
        """Faker's words. Faker is imported only if a script uses them."""
        return WordPool(self._keyed)

    def number(self, stream: str, name: str, n: int) -> int:
        """Return a random 64-bit integer."""
        return self._keyed.number(stream, n, name)

    def chance(self, probability: float, stream: str, name: str, n: int) -> bool:
        return self.number(stream, name, n) < probability * 2**64

    def between(self, span: tuple[int, int], stream: str, name: str, n: int) -> int:
        """Return a random integer in the span, both ends included."""
        minimum, maximum = span
        return minimum + self.number(stream, name, n) % (maximum - minimum + 1)

    def minutes(self, span: tuple[int, int], stream: str, name: str, n: int) -> int:
        """Return a random duration in seconds; ``span`` is in minutes."""
        return self.between((span[0] * MINUTE, span[1] * MINUTE), stream, name, n)

    def rotate(self, count: int, stream: str, name: str, n: int) -> int:
        """Return the ``n``-th index of a fixed rotation through ``count`` indices."""
        number = self.number(stream, name, 0)
        # The stride is so large that neighbours in the list do not follow each other.
        stride = max(1, count * 3 // 8) + number % 3
        while gcd(stride, count) != 1:
            stride += 1
        return ((number >> 32) + n * stride) % count


@dataclass
class BotContext:
    """The bots of a script in a world, during one action or one request of the user.

    ``log_entries`` has the actions of the bots as entries of ``fired``, which the response to an
    advance of the clock contains.
    """

    script: Script
    random: BotRandom
    simulator: Simulator
    state: State
    world: World
    log_entries: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.now = self.world.clock.now()

    def person_of(self, contact_id: str) -> Person | None:
        """Return the person of the script whose contact this is, if any."""
        return self.script.by_username.get(self.state.people.get(contact_id, ""))

    def is_participant(self, contact_id: str, conversation_id: str) -> bool:
        """Return whether the conversation exists and the contact takes part in it."""
        conversation = self.world["conversation"].get(conversation_id)
        return conversation is not None and contact_id in self.participants(conversation)

    def participants(self, conversation: Record) -> Sequence[str]:
        """Return the ids of a conversation's participants, except the user."""
        _, owner = owner_of(self.world, conversation)
        members: Sequence[str] = owner.get("contacts", (owner["id"],))
        return members

    def is_awake(self, person: Person, timestamp: int) -> bool:
        """Return whether a person is online at a Unix time."""
        return person.awake.contains(timestamp + self.script.offset)

    def next_awake(self, person: Person, timestamp: int, n: int) -> int:
        """Return the timestamp or, if the person is asleep then, one in the next morning."""
        delay = person.awake.seconds_until(timestamp + self.script.offset)
        if delay:
            delay += self.random.between((60, 1500), "morning", person.username, n)
        return timestamp + delay

    def name_of(self, contact_id: str) -> str:
        """Return the name of a contact in a transcript."""
        contact = self.world["contact"].get(contact_id) or self.world.departed.get(contact_id)
        return "Unknown" if contact is None else contact.get("display_name") or contact["username"]

    def first_name(self, contact_id: str) -> str:
        """Return the first name of a contact, by which bots address the contact."""
        contact = self.world["contact"].get(contact_id)
        if contact is None:
            return ""
        if contact["display_name"]:
            return str((contact["display_name"].split() or [contact["display_name"]])[0])
        match = re.match(r"[A-Z][^\W\d_A-Z]+", contact["username"])
        return match[0] if match else str(contact["username"])

    @property
    def user_name(self) -> str:
        return self.first_name(self.world.user_id)

    def conversation_name(self, conversation_id: str | None) -> str | None:
        """Return a conversation's name in a transcript: that of its group or contact."""
        conversation = self.world["conversation"].get(conversation_id or "")
        if conversation is None:
            return None
        kind, owner = owner_of(self.world, conversation)
        return str(owner["name"] if kind == "group" else self.name_of(owner["id"]))

    def plan(self, due: int, action: str, contact_id: str = "", **values: Any) -> None:
        """Plan an action for ``due``, in Unix time, unless that has passed already.

        ``values`` are further attributes of the action.
        """
        if due < self.now:
            return
        self.state.planned_count += 1
        planned = PlannedAction(due, self.state.planned_count, action, contact_id, **values)
        heappush(self.state.planned, planned)

    @property
    def has_capacity(self) -> bool:
        """True if bots may plan responses to messages."""
        return len(self.state.planned) < MAX_PLANNED

    def next_draw(self, stream: str, name: str) -> int:
        """Return the index of the next value of a stream, counting from 0."""
        draws = self.state.draws
        n = draws[stream, name] = draws.get((stream, name), -1) + 1
        return n

    def next_line(self, lines: Sequence[str], stream: str, name: str, addressee: str) -> str:
        """Return the next line of a rotation of ``lines``, expanded for the addressee."""
        n = self.next_draw(stream, name)
        line = lines[self.random.rotate(len(lines), stream, name, n)]
        return self.expand(line, addressee, stream, name, n)

    def expand(self, line: str, addressee: str, stream: str, name: str, n: int) -> str:
        """Replace ``{name}`` by the addressee's name and ``{a|b}`` by one of its options.

        ``n`` is the number of lines that the stream has used before.
        """
        numbers = count(n * 64)

        def replacement(match: re.Match[str]) -> str:
            if match[1] == "name":
                return addressee
            options = match[1].split("|")
            return options[self.random.number(f"way.{stream}", name, next(numbers)) % len(options)]

        return BRACES.sub(replacement, line)

    def unprompted_line(self, person: Person, addressee: str) -> str:
        """Return a person's next line that answers no message."""
        name, lines = person.username, person.lines
        if not isinstance(lines, FakerLines):
            return self.next_line(lines, "line", name, addressee)
        number = self.random.number("faker", name, self.next_draw("faker", name))
        return self.random.words.pick(lines.faker, number)

    def typing_seconds(self, text: str) -> int:
        return 1 + len(text) // CHARACTERS_PER_SECOND

    def create_contact(self, **attributes: Any) -> str:
        contacts = self.simulator.resources.contacts
        return str(contacts.create(self.world, ValidatedInput(attributes))["id"])

    def phone_number(self, stream: str, n: int) -> str:
        """Return a random phone number from the range that is reserved for fiction."""
        return f"1-555-01{self.random.number('phone', stream, n) % 100:02}"

    def send_message(self, contact_id: str, conversation_id: str | None, text: str) -> Record:
        """Send a message in a conversation, by default in that with the user; return its record.

        Deletes the oldest messages of bots beyond the script's ``keep_messages``.
        """
        values = {"from": contact_id, "message": text}
        if conversation_id is not None:
            values["conversation_id"] = conversation_id
            self.read(contact_id, conversation_id)
        sent = self.simulator.message(self.world, ValidatedInput(values))
        message = self.world["message"][sent["id"]]
        conversation_id = message["conversation_id"]
        self.record("message", contact_id, **target_of(message), text=text)
        sent_ids = self.state.sent.setdefault(conversation_id, deque())
        sent_ids.append(message["id"])
        while len(sent_ids) > self.script.keep_messages:
            self._delete_message(conversation_id, sent_ids.popleft())
        return message

    def _delete_message(self, conversation_id: str, message_id: str) -> None:
        message = self.world["message"].get(message_id)
        if message is None:
            return
        if self.is_participant(message["contact"], conversation_id):
            self.simulator.delete(self.world, ValidatedInput({"message_id": message_id}))
        else:  # a sender who has left the group may not delete messages there, but the user may
            self.simulator.resources.messages.delete(self.world, message_id)
        self.log("delete", message["contact"], conversation_id, message_id)

    def read(self, contact_id: str, conversation_id: str) -> None:
        """Read the user's messages in a conversation, if there are unread ones."""
        if conversation_id in self.state.unread:
            self.state.unread.discard(conversation_id)
            body = ValidatedInput({"from": contact_id, "conversation_id": conversation_id})
            if self.simulator.read(self.world, body)["data"]:
                self.record("read", contact_id, conversation_id=conversation_id)

    def record(self, action: str, contact_id: str, **values: str | None) -> None:
        """Add an action of a bot to the transcript and to the log entries."""
        self.add_line(action, contact_id, **values)
        self.log(action, contact_id, values.get("conversation_id"), values.get("message_id"))

    def add_line(self, action: str, contact_id: str, **values: str | None) -> None:
        """Add an action to the transcript; ``values`` are further attributes of the ``Line``."""
        name = values.pop("name", None)
        if name is None:
            name = self.name_of(contact_id)
        values["conversation_name"] = self.conversation_name(values.get("conversation_id"))
        self.state.transcript.add(self.now, action, contact_id, name, **values)

    def log(
        self, action: str, contact_id: str, conversation_id: str | None, message_id: str | None
    ) -> None:
        """Count an action, and add it to the log entries."""
        self.state.counts[action] = self.state.counts.get(action, 0) + 1
        entry = {"at": self.now, "type": f"bots.{action}", "contact": contact_id}
        self.log_entries.append(entry | {"conversation": conversation_id, "message": message_id})

    def forget_conversation(self, conversation_id: str) -> None:
        """Drop the state of a deleted conversation."""
        self.state.sent.pop(conversation_id, None)
        self.state.unread.discard(conversation_id)


def target_of(message: Record) -> dict[str, Any]:
    """Return the ids that refer to a message in planned actions and transcript lines."""
    return {"conversation_id": message["conversation_id"], "message_id": message["id"]}
