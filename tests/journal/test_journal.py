"""The journal keeps the latest requests within its bounds and counts those it evicts."""

from __future__ import annotations

import pytest

from mockserver.journal.exchange import Exchange
from mockserver.journal.journal import Journal
from mockserver.storage.world import ChangeSet


def append(
    journal: Journal, body: bytes = b"", *, method: str = "POST", operation: str = "messages.create"
) -> None:
    exchange = Exchange(
        id=journal.new_id(),
        at=0,
        operation=operation,
        method=method,
        path="/v1/messages",
        query_string="",
        cgi_headers={},
        body=body,
        payload={},
        status=201,
        response_headers=[],
        response_body=b"",
        ms=0.0,
        change_set=ChangeSet(),
    )
    journal.append(exchange)


def ids(journal: Journal) -> list[str]:
    return [exchange.id for exchange in journal.entries()]


def test_the_oldest_are_evicted_beyond_max_entries() -> None:
    journal = Journal(max_entries=2)
    for _ in range(5):
        append(journal)
    assert (ids(journal), journal.evicted) == (["req_4", "req_5"], 3)


def test_the_oldest_are_evicted_beyond_max_bytes() -> None:
    journal = Journal(max_bytes=10_000)
    for _ in range(3):
        append(journal, b"x" * 4500)
    assert (ids(journal), journal.evicted) == (["req_3"], 2)


def test_an_exchange_larger_than_max_bytes_is_not_kept() -> None:
    journal = Journal(max_bytes=10_000)
    append(journal, b"x" * 20_000)
    assert (ids(journal), journal.evicted) == ([], 1)


def test_removing_exchanges_frees_their_bytes() -> None:
    journal = Journal(max_bytes=10_000)
    append(journal, b"x" * 8000)
    assert journal.remove(lambda exchange: True) == 1
    for _ in range(2):
        append(journal, b"x" * 3000)
    assert (len(journal.entries()), journal.evicted) == (2, 0)


def test_an_evicted_id_is_refused_as_since() -> None:
    journal = Journal(max_entries=1)
    for _ in range(2):
        append(journal)
    assert journal.entries("req_2") == []
    with pytest.raises(LookupError, match="req_1"):
        journal.entries("req_1")


def test_a_reset_starts_the_ids_again() -> None:
    journal = Journal(max_entries=1)
    for _ in range(2):
        append(journal)
    journal.reset()
    append(journal)
    assert (ids(journal), journal.evicted) == (["req_1"], 0)
