"""Who talks with whom: the conversations of a generated world, before any message is written."""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array

from mockserver.seeding.random_values import KeyedRandom, WeightedChoice, consistent_hash

NONE = -1  # in arrays of indices: no such object
WANTED = -2  # likewise: none yet, but the first that will do


class ConversationPlan(ABC):
    """The conversations of one sort, each known by its number, and who talks in them.

    A conversation has seats, in which contacts sit; seat 0 is the user's. A contact may have
    several, for it is by its number that a seat keeps its contact where the counts change.
    """

    sort = ""

    def __init__(self, draws: KeyedRandom, owners: int, size: int) -> None:
        self.draws = draws
        self.owners = owners
        self.size = size
        self.lottery = WeightedChoice(map(self._weight, range(size)))
        self.newest = array("q", [NONE]) * size
        self.pinned = array("q", map(self._pin, range(size)))

    def number(self, conversation: int, attribute: str) -> int:
        """The number drawn for an attribute of a conversation."""
        return self.draws.number(f"{self.sort}_conversation", conversation, attribute)

    def identifier(self, conversation: int) -> str:
        """The id of a conversation."""
        return self.draws.identifier(f"{self.sort}_conversation", conversation)

    def owner(self, conversation: int) -> int:
        """Whose the conversation is: by number, the contact or group that it is with."""
        if conversation < self.owners:
            return conversation
        return consistent_hash(self.number(conversation, "owner"), self.owners)

    def first_of(self, owner: int) -> str | None:
        """The id of the owner's oldest conversation."""
        return self.identifier(owner) if owner < self.size else None

    @abstractmethod
    def seats(self, owner: int) -> int:
        """How many seats there are in the conversations of an owner."""

    @abstractmethod
    def seat(self, owner: int, seat: int) -> int:
        """The number of the contact who sits there."""

    def drawn_seat(self, conversation: int, number: int) -> int:
        """The contact in the seat on which a number falls."""
        owner = self.owner(conversation)
        return self.seat(owner, number % self.seats(owner))

    def _weight(self, conversation: int) -> int:
        """1, 2, 4 … 1024, each half as likely as the one before: few are busy, many quiet."""
        number = self.number(conversation, "weight") | 1024
        return number & -number

    def _pin(self, conversation: int) -> int:
        return NONE if self.number(conversation, "pin") % 6 else WANTED


class DirectConversations(ConversationPlan):
    """The conversations with contacts: owner n is contact n + 1, since the user is contact 0."""

    sort = "contact"

    def seats(self, owner: int) -> int:
        return 2

    def seat(self, owner: int, seat: int) -> int:
        return owner + 1 if seat else 0


class GroupConversations(ConversationPlan):
    """The conversations of groups; in the seats are the group's members."""

    sort = "group"

    def __init__(self, draws: KeyedRandom, owners: int, size: int, contacts: int) -> None:
        super().__init__(draws, owners, size)
        self._others = contacts - 1

    def seats(self, owner: int) -> int:
        return 3 + self.draws.number("group", owner, "seats") % 8

    def seat(self, owner: int, seat: int) -> int:
        if seat == 0 or self._others == 0:
            return 0
        return 1 + consistent_hash(self.draws.number("group", owner, f"seat.{seat}"), self._others)
