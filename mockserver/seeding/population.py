"""The objects of a generated world, as records of the fixture format, one at a time.

Contacts, groups and conversations are numbered from the oldest, messages from the newest: more
messages mean a longer history, and neither the newest messages nor what follows from them (when a
conversation was last active, the first page of a list) depends on how many there are.

What an object refers to depends on the counts as little as can be:

- A conversation belongs to the contact or group of its own number. Those beyond the number of
  contacts or groups belong to contacts or groups drawn by `consistent_hash`.
- `consistent_hash` also draws the conversation of a message, the message of an attachment and the
  members of a group: a further conversation, message or contact takes its share of them, and leaves
  all the others where they were.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import chain

from mockserver.seeding.conversations import (
    NONE,
    WANTED,
    ConversationPlan,
    DirectConversations,
    GroupConversations,
)
from mockserver.seeding.random_values import KeyedRandom, TimeSpan, WordPool, consistent_hash

Record = dict[str, object]

HOUR = 3600
YEAR = 365 * 24 * HOUR

# The eras follow on one another, so that nobody writes in a conversation that is yet to begin.
# Each begins so many seconds before the world's `now`.
CONTACTS, CONTACTS_AGO = TimeSpan(2 * YEAR, half=200), 6 * YEAR
GROUPS, GROUPS_AGO = TimeSpan(YEAR, half=100), 4 * YEAR
CONVERSATIONS, CONVERSATIONS_AGO = TimeSpan(YEAR, half=1000), 3 * YEAR
# Messages count back from the last hour but one. So each can be read, edited, archived and the
# like up to an hour later, and none of that is after `now` or before the messages' era.
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
CIRCLES = ("Family", "Friends", "Neighbours", "Book Club", "Choir", "Football", "Alumni", "Hiking")
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
    """How many objects of each kind a document has; the user is one of the contacts."""

    contacts: int
    groups: int
    conversations: int
    messages: int
    attachments: int

    @property
    def steps(self) -> int:
        """What the progress of writing adds up to.

        Messages and attachments count twice: to see which belong together, and to be written.
        """
        once = self.contacts + self.groups + self.conversations
        return once + 2 * (self.messages + self.attachments)

    def check(self) -> None:
        """Raise ValueError, with all the reasons, where no document has these counts."""
        problems = [
            f"{kind} is {count}, but cannot be less than 0"
            for kind, count in asdict(self).items()
            if count < 0
        ]
        if self.contacts == 0:
            problems.append("contacts is 0, but the user is one: it must be at least 1")
        if self.conversations > 0 and self.contacts == 1 and self.groups == 0:
            problems.append(
                f"{self.conversations} conversations need someone to be with: "
                "at least 2 contacts (the user is the first) or 1 group"
            )
        if self.messages > 0 and self.conversations == 0:
            problems.append(
                f"{self.messages} messages need a conversation: conversations must be at least 1"
            )
        if problems:
            raise ValueError("; ".join(problems))


class Population:
    """All the objects that follow from counts, a seed and the world's ``now``.

    Before any is asked for, `tally_messages` and `tally_attachments` must have seen them all,
    messages in order: they learn what belongs together, in a few bytes an object.
    """

    def __init__(self, counts: Counts, seed: int | str, now: int) -> None:
        self.counts = counts
        self.now = now
        self._draws = draws = KeyedRandom(seed)
        self._words = WordPool(draws)
        others = counts.contacts - 1
        # Groups come first, so that each has a conversation if there are enough; those that are
        # left over are with contacts, or, where the user is alone, with groups again.
        grouped = min(counts.groups, counts.conversations) if others else counts.conversations
        self._groups = GroupConversations(draws, counts.groups, grouped, counts.contacts)
        self._direct = DirectConversations(draws, others, counts.conversations - grouped)
        self._newest_sent = array("q", [NONE]) * counts.contacts
        # The attachments of a message are a chain: its first one, then from each to the next.
        self._first_carried = array("q", [NONE]) * (counts.messages if counts.attachments else 0)
        self._next_carried = array("q", [NONE]) * counts.attachments
        self._not_carried = array("q")

    def tally_messages(self, indices: Iterable[int]) -> None:
        """Note the newest message of each conversation and contact, and what is pinned."""
        for index in indices:
            talks, conversation = self._place(index)
            sender = self._sender(index, talks, conversation)
            if talks.newest[conversation] == NONE:
                talks.newest[conversation] = index
            if self._newest_sent[sender] == NONE:
                self._newest_sent[sender] = index
            if talks.pinned[conversation] == WANTED and not self._message(index, "pinned") % 4:
                talks.pinned[conversation] = index

    def tally_attachments(self, indices: Iterable[int]) -> None:
        """Note which message carries each attachment; about one in 24 is yet to be sent."""
        for index in indices:
            if self.counts.messages == 0 or not self._attachment(index, "carried") % 24:
                self._not_carried.append(index)
            else:
                message = consistent_hash(self._attachment(index, "message"), self.counts.messages)
                self._next_carried[index] = self._first_carried[message]
                self._first_carried[message] = index

    def contacts(self) -> Iterator[Record]:
        """The contacts, oldest first; the first is the user."""
        return map(self._contact_record, range(self.counts.contacts))

    def groups(self) -> Iterator[Record]:
        """The groups, oldest first."""
        return map(self._group_record, range(self.counts.groups))

    def conversations(self) -> Iterator[Record]:
        """The conversations, oldest first.

        As the API has it, the first of a contact or group is as old as they are; groups are
        younger than contacts, and further conversations younger than both.
        """
        both = (self._direct, self._groups)
        firsts = ((talks, range(min(talks.owners, talks.size))) for talks in both)
        furthers = ((talks, range(talks.owners, talks.size)) for talks in both)
        for talks, numbers in chain(firsts, furthers):
            for conversation in numbers:
                yield self._conversation_record(talks, conversation)

    def messages(self) -> Iterator[Record]:
        """The messages, oldest first."""
        return map(self._message_record, reversed(range(self.counts.messages)))

    def attachments(self) -> Iterator[Record]:
        """The attachments, oldest first: in the order of their messages, then those of none."""
        for message in reversed(range(len(self._first_carried))):
            for index in self._carried(message):
                yield self._attachment_record(
                    index, self._draws.identifier("message", message), self._sent_at(message)
                )
        for index in self._not_carried:
            offset = UPLOADS.offset(index, self._attachment(index, "created_at"))
            yield self._attachment_record(index, None, self.now - UPLOADS_AGO + offset)

    def _contact_record(self, index: int) -> Record:
        record: Record = {
            "id": self._contact_id(index),
            "username": self._username(index),
            "phone_number": self._words.make("phone_number", self._contact(index, "phone_number")),
            "avatar_url": self._avatar(self._username(index), self._contact(index, "avatar_url")),
            "display_name": self._display_name(index),
            "conversation_id": self._direct.first_of(index - 1) if index else None,
            "last_active_at": self._contact_active_at(index),
            "created_at": self._contact_created_at(index),
        }
        return record if index else record | USER

    def _contact_id(self, index: int) -> str:
        return self._draws.identifier("contact", index) if index else str(USER["id"])

    def _username(self, index: int) -> str:
        """A name such as KateMcCallister or KateMcCallister84; as in the API, it may recur."""
        if index == 0:
            return str(USER["username"])
        digits = self._contact(index, "username") % 300
        return "".join(self._full_name(index)) + (f"{digits:02}" if digits < 100 else "")

    def _display_name(self, index: int) -> str | None:
        if self._contact(index, "display_name") % 3:
            return None
        return " ".join(self._full_name(index))

    def _full_name(self, index: int) -> tuple[str, str]:
        return (
            self._words.pick("first_name", self._contact(index, "first_name")),
            self._words.pick("last_name", self._contact(index, "last_name")),
        )

    def _contact_active_at(self, index: int) -> int | None:
        """When the contact last sent a message; of those who did not, half were never active."""
        if self._newest_sent[index] != NONE:
            return self._sent_at(self._newest_sent[index])
        number = self._contact(index, "last_active_at")
        return self._contact_created_at(index) + number // 2 % YEAR if number % 2 else None

    def _contact_created_at(self, index: int) -> int:
        number = self._contact(index, "created_at")
        return self.now - CONTACTS_AGO + CONTACTS.offset(index, number)

    def _group_record(self, index: int) -> Record:
        name = self._group_name(index)
        described = self._group(index, "description")
        archived = self._group(index, "archived_at")
        created_at = self._group_created_at(index)
        seats = range(self._groups.seats(index))
        members = dict.fromkeys(self._groups.seat(index, seat) for seat in seats)
        busy_until = self._active_at(self._groups, index) if index < self._groups.size else None
        return {
            "id": self._draws.identifier("group", index),
            "name": name,
            "description": self._words.pick("catch_phrase", described) if described % 3 else None,
            "avatar_url": self._avatar(name, self._group(index, "avatar_url")),
            "conversation_id": self._groups.first_of(index),
            "contacts": [self._contact_id(member) for member in members],
            "created_at": created_at,
            "archived_at": _sometimes(12, archived, busy_until or created_at),
        }

    def _group_name(self, index: int) -> str:
        city = self._words.pick("city", self._group(index, "city"))
        return f"{city} {CIRCLES[self._group(index, 'circle') % len(CIRCLES)]}"

    def _group_created_at(self, index: int) -> int:
        return self.now - GROUPS_AGO + GROUPS.offset(index, self._group(index, "created_at"))

    def _conversation_record(self, talks: ConversationPlan, conversation: int) -> Record:
        owner = talks.owner(conversation)
        created_at = self._conversation_created_at(talks, conversation)
        active_at = self._active_at(talks, conversation)
        opened = talks.number(conversation, "last_opened_at") % (2 * HOUR) - HOUR
        archived = talks.number(conversation, "archived_at")
        pinned = talks.pinned[conversation]
        return {
            "id": talks.identifier(conversation),
            "contact_id": self._contact_id(owner + 1) if talks is self._direct else None,
            "group_id": self._draws.identifier("group", owner) if talks is self._groups else None,
            "pinned_message_id": self._draws.identifier("message", pinned) if pinned >= 0 else None,
            "is_pinned": talks.number(conversation, "is_pinned") % 10 == 0,
            "is_muted": talks.number(conversation, "is_muted") % 7 == 0,
            "last_active_at": active_at,
            "last_opened_at": active_at + opened if active_at else None,
            "created_at": created_at,
            "archived_at": _sometimes(12, archived, active_at or created_at),
        }

    def _conversation_created_at(self, talks: ConversationPlan, conversation: int) -> int:
        if conversation >= talks.owners:
            offset = CONVERSATIONS.offset(conversation, talks.number(conversation, "created_at"))
            return self.now - CONVERSATIONS_AGO + offset
        if talks is self._groups:
            return self._group_created_at(conversation)
        return self._contact_created_at(conversation + 1)

    def _active_at(self, talks: ConversationPlan, conversation: int) -> int | None:
        newest = talks.newest[conversation]
        return None if newest == NONE else self._sent_at(newest)

    def _message_record(self, index: int) -> Record:
        talks, conversation = self._place(index)
        sent_at = self._sent_at(index)
        reactions = self._reactions(index, talks, conversation)
        # A reaction is an update of its message, too.
        changed = 1 if reactions else 15
        # The older a message, the rarer is it unread: 10 or so of 100, 60 or so of a million.
        unread = self._message(index, "unread") % (index + 16) < 6
        return {
            "id": self._draws.identifier("message", index),
            "conversation_id": talks.identifier(conversation),
            "contact": self._contact_id(self._sender(index, talks, conversation)),
            "message": self._text(index),
            "reactions": reactions,
            "attachments": [self._attachment_id(carried) for carried in self._carried(index)],
            "read_at": None if unread else sent_at + self._message(index, "read_at") % HOUR,
            "created_at": sent_at,
            "updated_at": _sometimes(changed, self._message(index, "updated_at"), sent_at),
        }

    def _place(self, index: int) -> tuple[ConversationPlan, int]:
        """The conversation of a message: in three of eight cases a group's, where both exist."""
        talks: ConversationPlan = self._groups
        if not talks.size or (self._direct.size and self._message(index, "sort") % 8 >= 3):
            talks = self._direct
        return talks, talks.lottery.pick(self._message(index, "conversation"))

    def _sender(self, index: int, talks: ConversationPlan, conversation: int) -> int:
        return talks.drawn_seat(conversation, self._message(index, "contact"))

    def _sent_at(self, index: int) -> int:
        offset = MESSAGES.offset(index, self._message(index, "created_at"))
        return self.now - MESSAGES_UNTIL_AGO - offset

    def _text(self, index: int) -> str:
        """A word, a sentence, a few of them or lines of them; now and then with an emoji."""
        shape = self._message(index, "shape") % 16
        if shape < 2:
            text = self._words.pick("word", self._message(index, "text.0")).capitalize()
        else:
            count = 1 if shape < 10 else shape - 8
            sentences = (
                self._words.pick("sentence", self._message(index, f"text.{part}"))
                for part in range(count)
            )
            text = ("\n" if shape % 4 == 3 else " ").join(sentences)
        emoji = self._message(index, "emoji")
        return text if emoji % 10 else f"{text} {self._words.pick('emoji', emoji // 10)}"

    def _reactions(
        self, index: int, talks: ConversationPlan, conversation: int
    ) -> list[dict[str, list[str]]]:
        """None mostly; else one to three, each of up to three who talk there."""
        number = self._message(index, "reactions") % 18
        if number >= 3:
            return []
        reactions = {}
        for part in range(number + 1):
            name = REACTIONS[self._message(index, f"reaction.{part}") % len(REACTIONS)]
            usernames = (
                self._username(talks.drawn_seat(conversation, self._message(index, attribute)))
                for attribute in (f"reaction.{part}.{seat}" for seat in range(3))
            )
            reactions[name] = list(dict.fromkeys(usernames))
        return [{name: usernames} for name, usernames in reactions.items()]

    def _carried(self, message: int) -> Iterator[int]:
        """The attachments of a message."""
        index = self._first_carried[message] if self._first_carried else NONE
        while index != NONE:
            yield index
            index = self._next_carried[index]

    def _attachment_record(self, index: int, message_id: str | None, created_at: int) -> Record:
        ending, mime, smallest, largest = FILES[self._attachment(index, "file_type") % len(FILES)]
        word = self._words.pick("word", self._attachment(index, "filename"))
        serial = self._attachment(index, "serial") % 10_000
        size = smallest + self._attachment(index, "file_size") % (largest - smallest)
        return {
            "id": self._attachment_id(index),
            "message_id": message_id,
            "filename": f"{word}_{serial:04}.{ending}",
            "file_type": mime,
            "file_size": size,
            "created_at": created_at,
        }

    def _attachment_id(self, index: int) -> str:
        return self._draws.identifier("attachment", index)

    def _avatar(self, name: str, number: int) -> str | None:
        """The URL of an avatar that is named as in the documentation: plazahotel.jpg."""
        return f"{AVATARS}{name.lower().replace(' ', '')}.jpg" if number % 4 else None

    def _contact(self, index: int, attribute: str) -> int:
        return self._draws.number("contact", index, attribute)

    def _group(self, index: int, attribute: str) -> int:
        return self._draws.number("group", index, attribute)

    def _message(self, index: int, attribute: str) -> int:
        return self._draws.number("message", index, attribute)

    def _attachment(self, index: int, attribute: str) -> int:
        return self._draws.number("attachment", index, attribute)


def _sometimes(rarity: int, number: int, moment: int) -> int | None:
    """In one of so many cases a moment in the hour that follows, else None."""
    return None if number % rarity else moment + number // rarity % HOUR
