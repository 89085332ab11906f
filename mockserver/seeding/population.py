"""The objects of a generated world, as records of the fixture format, one at a time.

Contacts, groups and conversations are numbered from the oldest, messages from the newest: more
messages make the history longer, but change neither the newest messages nor what depends on them
(when a conversation was last active, the first page of a list).

References between objects depend on the counts as little as possible:

- A conversation belongs to the contact or group with its own number. Conversations beyond the
  number of contacts or groups belong to contacts or groups drawn by `consistent_hash`.
- The conversation of a message, the message of an attachment and the members of a group are drawn
  by `consistent_hash` too: a further conversation, message or contact takes its share of them, and
  all others stay where they were.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from itertools import chain

from mockserver.seeding.conversations import (
    NONE,
    UNASSIGNED,
    ConversationPlan,
    DirectConversations,
    GroupConversations,
)
from mockserver.seeding.random_values import KeyedRandom, TimeSpan, WordPool, consistent_hash

Record = dict[str, object]

HOUR = 3600
YEAR = 365 * 24 * HOUR

# The periods follow one another, so that no message is older than its conversation. Each begins so
# many seconds before the world's `now`.
CONTACTS, CONTACTS_AGO = TimeSpan(2 * YEAR, half=200), 6 * YEAR
GROUPS, GROUPS_AGO = TimeSpan(YEAR, half=100), 4 * YEAR
CONVERSATIONS, CONVERSATIONS_AGO = TimeSpan(YEAR, half=1000), 3 * YEAR
# Messages count back from an hour before `now`. So each can be read, edited or archived up to an
# hour later, and none of that is after `now` or before the period of messages.
MESSAGES, MESSAGES_UNTIL_AGO = TimeSpan(2 * YEAR - 3 * HOUR, half=100_000), HOUR
UPLOADS, UPLOADS_AGO = TimeSpan(HOUR, half=100), HOUR

USER: Record = {
    "id": "inEIRvzjC6YLMX3o",
    "username": "LinnieMcCallister",
    "phone_number": "1-800-759-3000",
    "avatar_url": "https://assets.protocol.chat/avatars/linnie.jpg",
    "display_name": None,
}
AVATARS = "https://assets.protocol.chat/avatars/"
GROUP_KINDS = (
    "Family",
    "Friends",
    "Neighbours",
    "Book Club",
    "Choir",
    "Football",
    "Alumni",
    "Hiking",
)
REACTIONS = (
    "thumbs_up",
    "red_heart",
    "face_with_tears_of_joy",
    "party_popper",
    "folded_hands",
    "surprised_face",
    "crying_face",
    "red_angry_face",
)
# extension, MIME type, smallest and largest size in bytes
FILES = (
    ("jpg", "image/jpeg", 40_000, 6_000_000),
    ("png", "image/png", 8_000, 3_000_000),
    ("gif", "image/gif", 20_000, 2_000_000),
    ("pdf", "application/pdf", 15_000, 5_000_000),
    ("mp4", "video/mp4", 500_000, 60_000_000),
    ("mp3", "audio/mpeg", 200_000, 9_000_000),
    ("txt", "text/plain", 20, 40_000),
    ("csv", "text/csv", 200, 800_000),
    ("zip", "application/zip", 10_000, 30_000_000),
)


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
        """The number of progress steps of writing the document.

        Messages and attachments count twice: once to link them, and once to write them.
        """
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
    """All objects that follow from counts, a seed and the world's ``now``.

    Before any is requested, pass all indices to `link_messages`, in order, and then to
    `link_attachments`: they store what belongs together, in a few bytes per object.
    """

    def __init__(self, counts: Counts, seed: int | str, now: int) -> None:
        self.counts = counts
        self.now = now
        self._random = random = KeyedRandom(seed)
        self._words = WordPool(random)
        self._contact_number = partial(random.number, "contact")
        self._group_number = partial(random.number, "group")
        self._message_number = partial(random.number, "message")
        self._attachment_number = partial(random.number, "attachment")
        others = counts.contacts - 1
        # Groups come first, so that each has a conversation if there are enough. The rest are with
        # contacts, or with groups again if the user is the only contact.
        in_groups = min(counts.groups, counts.conversations) if others else counts.conversations
        self._groups = GroupConversations(random, counts.groups, in_groups, counts.contacts)
        self._direct = DirectConversations(random, others, counts.conversations - in_groups)
        self._newest_sent = array("q", [NONE]) * counts.contacts
        # The attachments of a message are a linked list: its first one, and the next of each.
        self._first_attachment = array("q", [NONE]) * (counts.messages if counts.attachments else 0)
        self._next_attachment = array("q", [NONE]) * counts.attachments
        self._unsent = array("q")

    def link_messages(self, indices: Iterable[int]) -> None:
        """Store the newest message of each conversation and contact, and the pinned ones."""
        for index in indices:
            plan, conversation = self._conversation_of(index)
            sender = self._sender(index, plan, conversation)
            if plan.newest[conversation] == NONE:
                plan.newest[conversation] = index
            if self._newest_sent[sender] == NONE:
                self._newest_sent[sender] = index
            if (
                plan.pinned[conversation] == UNASSIGNED
                and not self._message_number(index, "pinned") % 4
            ):
                plan.pinned[conversation] = index

    def link_attachments(self, indices: Iterable[int]) -> None:
        """Store the message of each attachment. About one in 24 is not sent yet."""
        for index in indices:
            if self.counts.messages == 0 or not self._attachment_number(index, "carried") % 24:
                self._unsent.append(index)
            else:
                number = self._attachment_number(index, "message")
                message = consistent_hash(number, self.counts.messages)
                self._next_attachment[index] = self._first_attachment[message]
                self._first_attachment[message] = index

    def contacts(self) -> Iterator[Record]:
        """Return the contacts, oldest first. The first is the user."""
        return map(self._contact, range(self.counts.contacts))

    def groups(self) -> Iterator[Record]:
        """Return the groups, oldest first."""
        return map(self._group, range(self.counts.groups))

    def conversations(self) -> Iterator[Record]:
        """Yield the conversations, oldest first.

        As in the API, the first conversation of a contact or group is as old as its owner. Groups
        are younger than contacts, and further conversations are younger than both.
        """
        plans = (self._direct, self._groups)
        first = ((plan, range(min(plan.owners, plan.size))) for plan in plans)
        further = ((plan, range(plan.owners, plan.size)) for plan in plans)
        for plan, indices in chain(first, further):
            for index in indices:
                yield self._conversation(plan, index)

    def messages(self) -> Iterator[Record]:
        """Return the messages, oldest first."""
        return map(self._message, reversed(range(self.counts.messages)))

    def attachments(self) -> Iterator[Record]:
        """Yield the attachments, oldest first: attachments of messages, then unsent ones."""
        for message in reversed(range(len(self._first_attachment))):
            for index in self._attachments_of(message):
                message_id = self._random.identifier("message", message)
                yield self._attachment(index, message_id, self._sent_at(message))
        for index in self._unsent:
            offset = UPLOADS.offset(index, self._attachment_number(index, "created_at"))
            yield self._attachment(index, None, self.now - UPLOADS_AGO + offset)

    # contacts

    def _contact(self, index: int) -> Record:
        username, number = self._username(index), self._contact_number
        record: Record = {
            "id": self._contact_id(index),
            "username": username,
            "phone_number": self._words.make("phone_number", number(index, "phone_number")),
            "avatar_url": _avatar_url(username, number(index, "avatar_url")),
            "display_name": self._display_name(index),
            "conversation_id": self._direct.first_of(index - 1) if index else None,
            "last_active_at": self._contact_active_at(index),
            "created_at": self._contact_created_at(index),
        }
        return record if index else record | USER

    def _contact_id(self, index: int) -> str:
        return self._random.identifier("contact", index) if index else str(USER["id"])

    def _username(self, index: int) -> str:
        """Return a name such as KateMcCallister84. As in the API, it may occur twice."""
        if index == 0:
            return str(USER["username"])
        digits = self._contact_number(index, "username") % 300
        return "".join(self._full_name(index)) + (f"{digits:02}" if digits < 100 else "")

    def _display_name(self, index: int) -> str | None:
        if self._contact_number(index, "display_name") % 3:
            return None
        return " ".join(self._full_name(index))

    def _full_name(self, index: int) -> tuple[str, str]:
        return (
            self._words.pick("first_name", self._contact_number(index, "first_name")),
            self._words.pick("last_name", self._contact_number(index, "last_name")),
        )

    def _contact_active_at(self, index: int) -> int | None:
        """Return when a contact last sent a message; if never, a random time or None."""
        if self._newest_sent[index] != NONE:
            return self._sent_at(self._newest_sent[index])
        number = self._contact_number(index, "last_active_at")
        return self._contact_created_at(index) + number // 2 % YEAR if number % 2 else None

    def _contact_created_at(self, index: int) -> int:
        number = self._contact_number(index, "created_at")
        return self.now - CONTACTS_AGO + CONTACTS.offset(index, number)

    # groups

    def _group(self, index: int) -> Record:
        city = self._words.pick("city", self._group_number(index, "city"))
        name = f"{city} {GROUP_KINDS[self._group_number(index, 'circle') % len(GROUP_KINDS)]}"
        description = self._group_number(index, "description")
        archived = self._group_number(index, "archived_at")
        created_at = self._group_created_at(index)
        slots = range(self._groups.slots(index))
        members = dict.fromkeys(self._groups.participant(index, slot) for slot in slots)
        active_at = self._active_at(self._groups, index) if index < self._groups.size else None
        return {
            "id": self._random.identifier("group", index),
            "name": name,
            "description": (
                self._words.pick("catch_phrase", description) if description % 3 else None
            ),
            "avatar_url": _avatar_url(name, self._group_number(index, "avatar_url")),
            "conversation_id": self._groups.first_of(index),
            "contacts": [self._contact_id(member) for member in members],
            "created_at": created_at,
            "archived_at": _sometimes(12, archived, active_at or created_at),
        }

    def _group_created_at(self, index: int) -> int:
        return self.now - GROUPS_AGO + GROUPS.offset(index, self._group_number(index, "created_at"))

    # conversations

    def _conversation(self, plan: ConversationPlan, index: int) -> Record:
        owner = plan.owner(index)
        created_at = self._conversation_created_at(plan, index)
        active_at = self._active_at(plan, index)
        opened = plan.number(index, "last_opened_at") % (2 * HOUR) - HOUR
        archived = plan.number(index, "archived_at")
        pinned = plan.pinned[index]
        return {
            "id": plan.identifier(index),
            "contact_id": self._contact_id(owner + 1) if plan is self._direct else None,
            "group_id": self._random.identifier("group", owner) if plan is self._groups else None,
            "pinned_message_id": (
                self._random.identifier("message", pinned) if pinned >= 0 else None
            ),
            "is_pinned": plan.number(index, "is_pinned") % 10 == 0,
            "is_muted": plan.number(index, "is_muted") % 7 == 0,
            "last_active_at": active_at,
            "last_opened_at": active_at + opened if active_at else None,
            "created_at": created_at,
            "archived_at": _sometimes(12, archived, active_at or created_at),
        }

    def _conversation_created_at(self, plan: ConversationPlan, index: int) -> int:
        if index >= plan.owners:
            offset = CONVERSATIONS.offset(index, plan.number(index, "created_at"))
            return self.now - CONVERSATIONS_AGO + offset
        if plan is self._groups:
            return self._group_created_at(index)
        return self._contact_created_at(index + 1)

    def _active_at(self, plan: ConversationPlan, index: int) -> int | None:
        newest = plan.newest[index]
        return None if newest == NONE else self._sent_at(newest)

    # messages

    def _message(self, index: int) -> Record:
        number = self._message_number
        plan, conversation = self._conversation_of(index)
        sent_at = self._sent_at(index)
        reactions = self._reactions(index, plan, conversation)
        # A reaction updates its message, too.
        rarity = 1 if reactions else 15
        # Older messages are rarely unread: about 10 of 100 are, and 60 of a million.
        unread = number(index, "unread") % (index + 16) < 6
        return {
            "id": self._random.identifier("message", index),
            "conversation_id": plan.identifier(conversation),
            "contact": self._contact_id(self._sender(index, plan, conversation)),
            "message": self._text(index),
            "reactions": reactions,
            "attachments": list(map(self._attachment_id, self._attachments_of(index))),
            "read_at": None if unread else sent_at + number(index, "read_at") % HOUR,
            "created_at": sent_at,
            "updated_at": _sometimes(rarity, number(index, "updated_at"), sent_at),
        }

    def _conversation_of(self, message: int) -> tuple[ConversationPlan, int]:
        """Return the conversation of a message: in 3 of 8 cases a group's, if both kinds exist."""
        plan: ConversationPlan = self._groups
        is_direct = self._direct.size and self._message_number(message, "sort") % 8 >= 3
        if is_direct or not plan.size:
            plan = self._direct
        return plan, plan.activity.pick(self._message_number(message, "conversation"))

    def _sender(self, index: int, plan: ConversationPlan, conversation: int) -> int:
        return plan.random_participant(conversation, self._message_number(index, "contact"))

    def _sent_at(self, index: int) -> int:
        offset = MESSAGES.offset(index, self._message_number(index, "created_at"))
        return self.now - MESSAGES_UNTIL_AGO - offset

    def _text(self, index: int) -> str:
        """Return a word, one or more sentences, or lines, sometimes with an emoji."""
        number = self._message_number
        shape = number(index, "shape") % 16
        if shape < 2:
            text = self._words.pick("word", number(index, "text.0")).capitalize()
        else:
            sentences = (
                self._words.pick("sentence", number(index, f"text.{part}"))
                for part in range(1 if shape < 10 else shape - 8)
            )
            text = ("\n" if shape % 4 == 3 else " ").join(sentences)
        emoji = number(index, "emoji")
        return text if emoji % 10 else f"{text} {self._words.pick('emoji', emoji // 10)}"

    def _reactions(
        self, index: int, plan: ConversationPlan, conversation: int
    ) -> list[dict[str, list[str]]]:
        """Return mostly none; else one to three reactions, each of up to three participants."""
        count = self._message_number(index, "reactions") % 18 + 1
        if count > 3:
            return []
        reactions = {}
        for part in range(count):
            name = REACTIONS[self._message_number(index, f"reaction.{part}") % len(REACTIONS)]
            numbers = (self._message_number(index, f"reaction.{part}.{slot}") for slot in range(3))
            usernames = (
                self._username(plan.random_participant(conversation, number)) for number in numbers
            )
            reactions[name] = list(dict.fromkeys(usernames))
        return [{name: usernames} for name, usernames in reactions.items()]

    # attachments

    def _attachments_of(self, message: int) -> Iterator[int]:
        index = self._first_attachment[message] if self._first_attachment else NONE
        while index != NONE:
            yield index
            index = self._next_attachment[index]

    def _attachment(self, index: int, message_id: str | None, created_at: int) -> Record:
        number = self._attachment_number
        extension, media_type, minimum, maximum = FILES[number(index, "file_type") % len(FILES)]
        word = self._words.pick("word", number(index, "filename"))
        return {
            "id": self._attachment_id(index),
            "message_id": message_id,
            "filename": f"{word}_{number(index, 'serial') % 10_000:04}.{extension}",
            "file_type": media_type,
            "file_size": minimum + number(index, "file_size") % (maximum - minimum),
            "created_at": created_at,
        }

    def _attachment_id(self, index: int) -> str:
        return self._random.identifier("attachment", index)


def _avatar_url(name: str, number: int) -> str | None:
    """Return an avatar URL as in the documentation, such as …/plazahotel.jpg."""
    return f"{AVATARS}{name.lower().replace(' ', '')}.jpg" if number % 4 else None


def _sometimes(rarity: int, number: int, time: int) -> int | None:
    """Return a time in the hour after ``time`` in one of ``rarity`` cases, else None."""
    return None if number % rarity else time + number // rarity % HOUR
