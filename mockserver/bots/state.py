"""The state of a session, which changes as bots run, and is copied for snapshots."""

from collections import deque
from copy import copy
from dataclasses import dataclass, field, fields
from typing import NamedTuple

from mockserver.bots.transcript import Transcript


class PlannedAction(NamedTuple):
    """An action and its due time, in Unix seconds. The unique ``number`` breaks ties.

    ``depth`` is the number of answers that led to this one. ``kind`` is the kind of a customer's
    line, and ``turn`` the customer's turn that planned it.
    """

    due: int
    number: int
    action: str
    contact_id: str = ""
    conversation_id: str = ""
    group_id: str = ""
    message_id: str = ""
    text: str = ""
    depth: int = 0
    kind: str = ""
    turn: int = 0


class Customer(NamedTuple):
    """A customer of the queue. A planned action with a different ``turn`` is outdated.

    ``problem`` is an index; ``follow_ups`` and ``reminders`` count those sent so far.
    """

    number: int
    problem: int
    follow_ups: int = 0
    reminders: int = 0
    turn: int = 0
    has_left: bool = False

    @property
    def draw(self) -> int:
        """An index of random values, different in each turn of each customer."""
        return self.number * 1024 + self.turn


@dataclass
class State:
    """The changing part of a session.

    ``planned`` is a heap. ``heard_count`` counts messages that bots may respond to. ``people`` maps
    contact ids to usernames, ``groups`` names to ids. ``draws`` has the index of the last value
    used from each random stream. ``sent`` has the ids of the bots' messages by conversation, oldest
    first. ``unread`` has the conversations in which the user has written since a bot last read;
    ``answering`` has the contact and conversation of each planned answer.
    """

    started_at: int
    planned: list[PlannedAction] = field(default_factory=list)
    planned_count: int = 0
    heard_count: int = 0
    people: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    draws: dict[tuple[str, str], int] = field(default_factory=dict)
    sent: dict[str, deque[str]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    answering: set[tuple[str, str]] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    transcript: Transcript = field(default_factory=Transcript)

    def fork(self) -> "State":
        """Return an independent copy."""
        values = {attribute.name: copy(getattr(self, attribute.name)) for attribute in fields(self)}
        values["sent"] = {conversation: ids.copy() for conversation, ids in self.sent.items()}
        values["transcript"] = self.transcript.fork()
        return State(**values)
