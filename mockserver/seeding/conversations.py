"""The conversations of a generated world and their participants, before messages are generated."""

from array import array
from bisect import bisect_right
from itertools import accumulate

from mockserver.seeding.random_values import KeyedRandom, consistent_hash

NONE = -1  # in arrays of indices: no object
UNASSIGNED = -2  # in arrays of indices: the first suitable object is still to be found


class ConversationPlan:
    """The generated conversations with contacts, or those of groups, by index.

    ``owner_kind`` is "contact" or "group". Owner n of the conversations with contacts is the
    contact with the index n + 1, because the user has the index 0. ``others`` is the number of
    contacts without the user.

    A conversation has participant slots, each with a contact; slot 0 is the user's. In a group, a
    contact may have several slots: each slot's contact is drawn by `consistent_hash`, so that few
    participants change when the number of contacts changes.
    """

    def __init__(
        self, random: KeyedRandom, owner_kind: str, owners: int, size: int, others: int
    ) -> None:
        self.random = random
        self.kind = f"{owner_kind}_conversation"
        self.is_direct = owner_kind == "contact"
        self.owners = owners
        self.size = size
        self._others = others
        # Weights of 1, 2, 4 … 1024, each half as likely as the last: most conversations are quiet.
        weights = (self.number(index, "weight") | 1024 for index in range(size))
        self._weight_sums = array("q", accumulate(weight & -weight for weight in weights))
        #: The newest and the pinned message of each conversation, by index.
        self.newest = array("q", [NONE]) * size
        pins = (self.number(index, "pin") % 6 for index in range(size))
        self.pinned = array("q", (NONE if pin else UNASSIGNED for pin in pins))

    def number(self, index: int, attribute: str) -> int:
        return self.random.number(self.kind, index, attribute)

    def identifier(self, index: int) -> str:
        return self.random.identifier(self.kind, index)

    def pick(self, number: int) -> int:
        """Return the index of the conversation that a random number selects, by weight.

        If a conversation is added, the number selects the same conversation or the new one.
        """
        return bisect_right(self._weight_sums, consistent_hash(number, self._weight_sums[-1]))

    def owner(self, index: int) -> int:
        if index < self.owners:
            return index
        return consistent_hash(self.number(index, "owner"), self.owners)

    def first_of(self, owner: int) -> str | None:
        """Return the id of the owner's oldest conversation."""
        return self.identifier(owner) if owner < self.size else None

    def slots(self, owner: int) -> int:
        """Return the number of participant slots in the conversations of an owner."""
        return 2 if self.is_direct else 3 + self.random.number("group", owner, "seats") % 8

    def participant(self, owner: int, slot: int) -> int:
        if slot == 0 or self._others == 0:
            return 0
        if self.is_direct:
            return owner + 1
        number = self.random.number("group", owner, f"seat.{slot}")
        return 1 + consistent_hash(number, self._others)

    def random_participant(self, index: int, number: int) -> int:
        """Return the index of the contact in the slot that a random number selects."""
        owner = self.owner(index)
        return self.participant(owner, number % self.slots(owner))
