"""The conversations of a generated world and their participants, before messages are generated."""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array

from mockserver.seeding.random_values import KeyedRandom, WeightedChoice, consistent_hash

NONE = -1  # in arrays of indices: no object
UNASSIGNED = -2  # likewise: no object yet, but the first suitable one is to be used


class ConversationPlan(ABC):
    """The conversations of one kind, by index.

    A conversation has participant slots, each with a contact; slot 0 is the user's. A contact may
    have several slots: a slot's number decides its contact, so that it keeps it if counts change.
    """

    kind = ""

    def __init__(self, random: KeyedRandom, owners: int, size: int) -> None:
        self.random = random
        self.owners = owners
        self.size = size
        self.activity = WeightedChoice(map(self._weight, range(size)))
        #: The newest and the pinned message of each conversation, by index.
        self.newest = array("q", [NONE]) * size
        self.pinned = array("q", map(self._initial_pin, range(size)))

    def number(self, index: int, attribute: str) -> int:
        """Return the random number of an attribute of a conversation."""
        return self.random.number(f"{self.kind}_conversation", index, attribute)

    def identifier(self, index: int) -> str:
        """Return the id of a conversation."""
        return self.random.identifier(f"{self.kind}_conversation", index)

    def owner(self, index: int) -> int:
        """Return the index of the contact or group of a conversation."""
        if index < self.owners:
            return index
        return consistent_hash(self.number(index, "owner"), self.owners)

    def first_of(self, owner: int) -> str | None:
        """Return the id of the owner's oldest conversation."""
        return self.identifier(owner) if owner < self.size else None

    @abstractmethod
    def slots(self, owner: int) -> int:
        """Return the number of participant slots in the conversations of an owner."""

    @abstractmethod
    def participant(self, owner: int, slot: int) -> int:
        """Return the index of the contact in a slot."""

    def random_participant(self, index: int, number: int) -> int:
        """Return the contact in the slot that a random number selects."""
        owner = self.owner(index)
        return self.participant(owner, number % self.slots(owner))

    def _weight(self, index: int) -> int:
        """Return 1, 2, 4 … 1024, each half as likely as the one before: most are quiet."""
        number = self.number(index, "weight") | 1024
        return number & -number

    def _initial_pin(self, index: int) -> int:
        return NONE if self.number(index, "pin") % 6 else UNASSIGNED


class DirectConversations(ConversationPlan):
    """The conversations with contacts. Owner n is contact n + 1, as the user is contact 0."""

    kind = "contact"

    def slots(self, owner: int) -> int:
        return 2

    def participant(self, owner: int, slot: int) -> int:
        return owner + 1 if slot else 0


class GroupConversations(ConversationPlan):
    """The conversations of groups. The participants are the group's members."""

    kind = "group"

    def __init__(self, random: KeyedRandom, owners: int, size: int, contacts: int) -> None:
        super().__init__(random, owners, size)
        self._others = contacts - 1

    def slots(self, owner: int) -> int:
        return 3 + self.random.number("group", owner, "seats") % 8

    def participant(self, owner: int, slot: int) -> int:
        if slot == 0 or self._others == 0:
            return 0
        number = self.random.number("group", owner, f"seat.{slot}")
        return 1 + consistent_hash(number, self._others)
