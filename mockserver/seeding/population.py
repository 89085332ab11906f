"""The objects of a generated world, as records of the fixture format, one at a time.

Contacts, groups and conversations are numbered from the oldest, messages from the newest. So a
larger number of messages makes the history longer, but does not change the newest messages, nor a
conversation's last activity or the first page of a list.

References between objects depend on the counts as little as possible:

- A conversation belongs to the contact or group with the same number. Conversations beyond the
  number of contacts or groups belong to contacts or groups drawn by `consistent_hash`.
- The conversation of a message, the message of an attachment and the members of a group are also
  drawn by `consistent_hash`, so that adding a conversation, message or contact changes few draws.
"""

import json
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from itertools import chain
from typing import Any

from mockserver.seeding.conversations import NONE, UNASSIGNED, ConversationPlan
from mockserver.seeding.random_values import KeyedRandom, TimeSpan, WordPool, consistent_hash
from mockserver.unpatched import read_data

Record = dict[str, Any]

HOUR = 3600
YEAR = 365 * 24 * HOUR

# The periods follow one another, so that no message is older than its conversation.
CONTACTS = TimeSpan(2 * YEAR, half=200, ago=6 * YEAR)
GROUPS = TimeSpan(YEAR, half=100, ago=4 * YEAR)
CONVERSATIONS = TimeSpan(YEAR, half=1000, ago=3 * YEAR)
# Messages count back from an hour before NOW, so that reading, editing or archiving one up to an
# hour later is neither after NOW nor before the period of messages.
MESSAGES = TimeSpan(2 * YEAR - 3 * HOUR, half=100_000, ago=HOUR)
UPLOADS = TimeSpan(HOUR, half=100, ago=HOUR)

NOW = 1_767_225_600  # 2026-01-01 00:00:00 UTC: fixed, so that the bytes do not change every day
AVATARS = "https://assets.protocol.chat/avatars/"


@dataclass(frozen=True)
class Counts:
    """The number of objects of each kind in a document. The user is one of the contacts."""

    contacts: int
    groups: int
    conversations: int
    messages: int
    attachments: int

    @property
    def steps(self) -> int:
        """The number of progress steps; a message or attachment takes two, to link and write it."""
        once = self.contacts + self.groups + self.conversations
        return once + 2 * (self.messages + self.attachments)

    def check(self) -> None:
        """Raise ValueError with all reasons if no document can have these counts."""
        problems = [
            f"{kind} must be at least 0, not {count}"
            for kind, count in asdict(self).items()
            if count < 0
        ]
        if self.contacts == 0:
            problems.append("contacts must be at least 1, because the user is a contact")
        if self.conversations > 0 and self.contacts == 1 and self.groups == 0:
            problems.append(
                f"{self.conversations} conversations need at least 2 contacts (the first is the "
                "user) or 1 group"
            )
        if self.messages > 0 and self.conversations == 0:
            problems.append(f"{self.messages} messages need at least 1 conversation")
        if problems:
            raise ValueError("; ".join(problems))


class Population:
    """The objects of a document with given counts and seed.

    Before calling `sections`, pass all message indices in order to `link_messages`, then all
    attachment indices to `link_attachments`. These store the links between objects, in a few bytes
    per object. Raises ValueError for impossible counts.
    """

    def __init__(self, counts: Counts, seed: int | str) -> None:
        counts.check()
        self.counts = counts
        data = json.loads(read_data(__package__, "population.json"))
        self.user: Record = data["user"]
        self._group_kinds: list[str] = data["group_kinds"]
        self._reaction_names: list[str] = data["reactions"]
        self._files: list[Record] = data["files"]
        self._random = random = KeyedRandom(seed)
        self._words = WordPool(random)
        others = counts.contacts - 1
        # Each group gets a conversation if there are enough. The other conversations are with
        # contacts, or again of groups if the user is the only contact.
        in_groups = min(counts.groups, counts.conversations) if others else counts.conversations
        in_direct = counts.conversations - in_groups
        self._groups = ConversationPlan(random, "group", counts.groups, in_groups, others)
        self._direct = ConversationPlan(random, "contact", others, in_direct, others)
        self._newest_sent = array("q", [NONE]) * counts.contacts
        # The attachments of a message are a linked list: the first one, and the next of each.
        self._first_attachment = array("q", [NONE]) * (counts.messages if counts.attachments else 0)
        self._next_attachment = array("q", [NONE]) * counts.attachments
        self._unsent = array("q")

    def link_messages(self, indices: Iterable[int]) -> None:
        """Store the newest message of each conversation and contact, and the pinned messages."""
        number = partial(self._random.number, "message")
        for index in indices:
            plan, conversation = self._conversation_of(index)
            sender = self._sender(index, plan, conversation)
            if plan.newest[conversation] == NONE:
                plan.newest[conversation] = index
            if self._newest_sent[sender] == NONE:
                self._newest_sent[sender] = index
            if plan.pinned[conversation] == UNASSIGNED and not number(index, "pinned") % 4:
                plan.pinned[conversation] = index

    def link_attachments(self, indices: Iterable[int]) -> None:
        """Store the message of each attachment. About one in 24 is not sent yet."""
        messages, number = self.counts.messages, partial(self._random.number, "attachment")
        for index in indices:
            if messages == 0 or number(index, "carried") % 24 == 0:
                self._unsent.append(index)
            else:
                message = consistent_hash(number(index, "message"), messages)
                self._next_attachment[index] = self._first_attachment[message]
                self._first_attachment[message] = index

    def sections(self) -> Iterator[tuple[str, Iterator[Record]]]:
        """Yield each section of a document with its objects, oldest first."""
        yield "contacts", map(self._contact, range(self.counts.contacts))  # the first is the user
        yield "groups", map(self._group, range(self.counts.groups))
        yield "conversations", self._conversations()
        yield "messages", map(self._message, reversed(range(self.counts.messages)))
        yield "attachments", self._attachments()

    def _created_at(self, kind: str, span: TimeSpan, index: int) -> int:
        number = self._random.number(kind, index, "created_at")
        return NOW - span.ago + span.offset(index, number)

    # contacts

    def _contact(self, index: int) -> Record:
        number = partial(self._random.number, "contact", index)
        username, created_at = self._username(index), self._created_at("contact", CONTACTS, index)
        newest, idle = self._newest_sent[index], number("last_active_at")
        if newest == NONE:
            last_active_at = created_at + idle // 2 % YEAR if idle % 2 else None
        else:
            last_active_at = self._sent_at(newest)
        has_name = number("display_name") % 3 == 0
        record: Record = {
            "id": self._contact_id(index),
            "username": username,
            "phone_number": self._words.make("phone_number", number("phone_number")),
            "avatar_url": _avatar_url(username, number("avatar_url")),
            "display_name": " ".join(self._full_name(index)) if has_name else None,
            "conversation_id": self._direct.first_of(index - 1) if index else None,
            "last_active_at": last_active_at,
            "created_at": created_at,
        }
        return record if index else record | self.user

    def _contact_id(self, index: int) -> str:
        return self._random.identifier("contact", index) if index else str(self.user["id"])

    def _username(self, index: int) -> str:
        """Return a name such as KateMcCallister84, which is not always unique, as in the API."""
        if index == 0:
            return str(self.user["username"])
        digits = self._random.number("contact", index, "username") % 300
        return "".join(self._full_name(index)) + (f"{digits:02}" if digits < 100 else "")

    def _full_name(self, index: int) -> list[str]:
        kinds, number = ("first_name", "last_name"), partial(self._random.number, "contact", index)
        return [self._words.pick(kind, number(kind)) for kind in kinds]

    # groups and conversations

    def _group(self, index: int) -> Record:
        number, groups = partial(self._random.number, "group", index), self._groups
        city = self._words.pick("city", number("city"))
        name = f"{city} {self._group_kinds[number('circle') % len(self._group_kinds)]}"
        description = number("description")
        created_at = self._created_at("group", GROUPS, index)
        members = dict.fromkeys(groups.participant(index, n) for n in range(groups.slots(index)))
        active_at = self._active_at(groups, index) if index < groups.size else None
        return {
            "id": self._random.identifier("group", index),
            "name": name,
            "description": (
                self._words.pick("catch_phrase", description) if description % 3 else None
            ),
            "avatar_url": _avatar_url(name, number("avatar_url")),
            "conversation_id": groups.first_of(index),
            "contacts": [self._contact_id(member) for member in members],
            "created_at": created_at,
            "archived_at": _sometimes(12, number("archived_at"), active_at or created_at),
        }

    def _conversations(self) -> Iterator[Record]:
        # As in the API, the first conversation of a contact or group is as old as its owner.
        # Groups are younger than contacts, and other conversations are younger than both.
        plans = (self._direct, self._groups)
        first = ((plan, range(min(plan.owners, plan.size))) for plan in plans)
        further = ((plan, range(plan.owners, plan.size)) for plan in plans)
        for plan, indices in chain(first, further):
            for index in indices:
                yield self._conversation(plan, index)

    def _conversation(self, plan: ConversationPlan, index: int) -> Record:
        number, owner = partial(plan.number, index), plan.owner(index)
        if index >= plan.owners:
            created_at = self._created_at(plan.kind, CONVERSATIONS, index)
        elif plan.is_direct:
            created_at = self._created_at("contact", CONTACTS, index + 1)
        else:
            created_at = self._created_at("group", GROUPS, index)
        active_at, pinned = self._active_at(plan, index), plan.pinned[index]
        opened = number("last_opened_at") % (2 * HOUR) - HOUR
        return {
            "id": plan.identifier(index),
            "contact_id": self._contact_id(owner + 1) if plan.is_direct else None,
            "group_id": None if plan.is_direct else self._random.identifier("group", owner),
            "pinned_message_id": (
                self._random.identifier("message", pinned) if pinned >= 0 else None
            ),
            "is_pinned": number("is_pinned") % 10 == 0,
            "is_muted": number("is_muted") % 7 == 0,
            "last_active_at": active_at,
            "last_opened_at": active_at + opened if active_at else None,
            "created_at": created_at,
            "archived_at": _sometimes(12, number("archived_at"), active_at or created_at),
        }

    def _active_at(self, plan: ConversationPlan, index: int) -> int | None:
        newest = plan.newest[index]
        return None if newest == NONE else self._sent_at(newest)

    # messages

    def _message(self, index: int) -> Record:
        number = partial(self._random.number, "message", index)
        plan, conversation = self._conversation_of(index)
        sent_at = self._sent_at(index)
        reactions = self._reactions(index, plan, conversation)
        # A reaction also updates its message.
        rarity = 1 if reactions else 15
        # Older messages are rarely unread: about 10 of 100 messages are, and 60 of a million.
        unread = number("unread") % (index + 16) < 6
        return {
            "id": self._random.identifier("message", index),
            "conversation_id": plan.identifier(conversation),
            "contact": self._contact_id(self._sender(index, plan, conversation)),
            "message": self._text(index),
            "reactions": reactions,
            "attachments": [
                self._random.identifier("attachment", attachment)
                for attachment in self._attachments_of(index)
            ],
            "read_at": None if unread else sent_at + number("read_at") % HOUR,
            "created_at": sent_at,
            "updated_at": _sometimes(rarity, number("updated_at"), sent_at),
        }

    def _conversation_of(self, message: int) -> tuple[ConversationPlan, int]:
        """Return a message's conversation: a group's in 3 of 8 cases, if both kinds exist."""
        number = partial(self._random.number, "message", message)
        is_direct = self._direct.size and number("sort") % 8 >= 3
        plan = self._direct if is_direct or not self._groups.size else self._groups
        return plan, plan.pick(number("conversation"))

    def _sender(self, index: int, plan: ConversationPlan, conversation: int) -> int:
        number = self._random.number("message", index, "contact")
        return plan.random_participant(conversation, number)

    def _sent_at(self, index: int) -> int:
        number = self._random.number("message", index, "created_at")
        return NOW - MESSAGES.ago - MESSAGES.offset(index, number)

    def _text(self, index: int) -> str:
        """Return a word, or sentences on one line or several, sometimes with an emoji."""
        number = partial(self._random.number, "message", index)
        shape = number("shape") % 16
        if shape < 2:
            text = self._words.pick("word", number("text.0")).capitalize()
        else:
            count = 1 if shape < 10 else shape - 8
            numbers = (number(f"text.{part}") for part in range(count))
            sentences = (self._words.pick("sentence", number) for number in numbers)
            text = ("\n" if shape % 4 == 3 else " ").join(sentences)
        emoji = number("emoji")
        return text if emoji % 10 else f"{text} {self._words.pick('emoji', emoji // 10)}"

    def _reactions(
        self, index: int, plan: ConversationPlan, conversation: int
    ) -> list[dict[str, list[str]]]:
        """Return no reactions in most cases, else one to three by up to three participants each."""
        number = partial(self._random.number, "message", index)
        count = number("reactions") % 18 + 1
        reactions: dict[str, list[str]] = {}
        for part in range(count if count <= 3 else 0):
            name = self._reaction_names[number(f"reaction.{part}") % len(self._reaction_names)]
            people = [
                plan.random_participant(conversation, number(f"reaction.{part}.{slot}"))
                for slot in range(3)
            ]
            reactions[name] = list(dict.fromkeys(map(self._username, people)))
        return [{name: usernames} for name, usernames in reactions.items()]

    # attachments

    def _attachments(self) -> Iterator[Record]:
        """Yield the attachments, oldest first: attachments of messages, then unsent ones."""
        for message in reversed(range(len(self._first_attachment))):
            for index in self._attachments_of(message):
                message_id = self._random.identifier("message", message)
                yield self._attachment(index, message_id, self._sent_at(message))
        for index in self._unsent:
            yield self._attachment(index, None, self._created_at("attachment", UPLOADS, index))

    def _attachments_of(self, message: int) -> Iterator[int]:
        index = self._first_attachment[message] if self._first_attachment else NONE
        while index != NONE:
            yield index
            index = self._next_attachment[index]

    def _attachment(self, index: int, message_id: str | None, created_at: int) -> Record:
        number = partial(self._random.number, "attachment", index)
        file = self._files[number("file_type") % len(self._files)]
        word = self._words.pick("word", number("filename"))
        return {
            "id": self._random.identifier("attachment", index),
            "message_id": message_id,
            "filename": f"{word}_{number('serial') % 10_000:04}.{file['extension']}",
            "file_type": file["file_type"],
            "file_size": file["min_size"]
            + number("file_size") % (file["max_size"] - file["min_size"]),
            "created_at": created_at,
        }


def _avatar_url(name: str, number: int) -> str | None:
    """Return an avatar URL as in the documentation, such as …/plazahotel.jpg."""
    return f"{AVATARS}{name.lower().replace(' ', '')}.jpg" if number % 4 else None


def _sometimes(rarity: int, number: int, time: int) -> int | None:
    """Return a time in the hour after ``time`` in one of ``rarity`` cases, else None."""
    return None if number % rarity else time + number // rarity % HOUR
