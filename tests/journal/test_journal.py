"""The journal keeps the last requests within its bounds, and says what it let go."""

from __future__ import annotations

import pytest

from mockserver.journal.exchange import Exchange
from mockserver.journal.journal import Journal
from mockserver.storage.world import ChangeSet


def exchange(journal: Journal, body: bytes = b"") -> Exchange:
    return Exchange(
        id=journal.new_id(),
        at=0,
        operation="messages.create",
        method="POST",
        path="/v1/messages",
        query_string="",
        variables=[],
        body=body,
        given={},
        status=201,
        response_headers=[],
        response_body=b"",
        ms=0.0,
        happened=ChangeSet(),
    )


def ids(journal: Journal) -> list[str]:
    return [each.id for each in journal.entries()]


def test_the_oldest_go_first_when_there_are_too_many() -> None:
    journal = Journal(most_entries=2)
    for _ in range(5):
        journal.append(exchange(journal))
    assert (ids(journal), journal.evicted) == (["req_4", "req_5"], 3)


def test_the_oldest_go_first_when_their_bodies_are_too_large() -> None:
    journal = Journal(most_bytes=10_000)
    for _ in range(3):
        journal.append(exchange(journal, b"x" * 4500))
    assert (ids(journal), journal.evicted) == (["req_3"], 2)


def test_one_that_is_larger_than_all_the_room_is_not_kept() -> None:
    journal = Journal(most_bytes=10_000)
    journal.append(exchange(journal, b"x" * 20_000))
    assert (ids(journal), journal.evicted) == ([], 1)


def test_room_that_was_made_free_is_room_again() -> None:
    journal = Journal(most_bytes=10_000)
    journal.append(exchange(journal, b"x" * 8000))
    assert journal.remove(lambda each: True) == 1
    for _ in range(2):
        journal.append(exchange(journal, b"x" * 3000))
    assert (len(journal.entries()), journal.evicted) == (2, 0)


def test_what_was_let_go_is_no_place_to_go_on_from() -> None:
    journal = Journal(most_entries=1)
    for _ in range(2):
        journal.append(exchange(journal))
    assert journal.entries("req_2") == []
    with pytest.raises(LookupError, match="req_1"):
        journal.entries("req_1")


def test_a_reset_starts_the_numbers_again() -> None:
    journal = Journal(most_entries=1)
    for _ in range(2):
        journal.append(exchange(journal))
    journal.reset()
    journal.append(exchange(journal))
    assert (ids(journal), journal.evicted) == (["req_1"], 0)
