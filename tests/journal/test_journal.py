"""The journal keeps the latest requests within its bounds and counts those it evicts."""

from __future__ import annotations

from hashlib import sha256

import pytest

from mockserver.journal.exchange import Exchange
from mockserver.journal.journal import Journal
from mockserver.storage.world import NO_CHANGES, Change, ChangeSet, Parts


def append(
    journal: Journal,
    body: bytes = b"",
    *,
    method: str = "POST",
    operation: str = "messages.create",
    change_set: ChangeSet = NO_CHANGES,
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
        change_set=change_set,
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
    journal = Journal(max_bytes=70_000)
    for _ in range(20):
        append(journal, b"x" * 4500)
    assert (ids(journal), journal.evicted) == ([f"req_{number}" for number in range(9, 21)], 8)


def test_the_latest_exchanges_are_kept_whatever_their_size() -> None:
    journal = Journal(max_bytes=10_000)
    changes = [Change("message", None, {"id": str(number)}) for number in range(100)]
    for number in range(1, 21):
        append(journal, b"x" * 20_000, change_set=ChangeSet(Parts([changes])))
        assert ids(journal) == [f"req_{kept}" for kept in range(max(1, number - 9), number + 1)]
    assert [len(exchange.change_set.changes) for exchange in journal.entries()] == [100] * 10
    assert (journal.evicted, journal.entries()[-1].body) == (10, b"")


def test_large_bodies_are_dropped_before_exchanges() -> None:
    journal = Journal(max_bytes=100_000)
    for _ in range(4):
        append(journal, b"x" * 40_000)
        append(journal, b"small")
    assert (len(journal.entries()), journal.evicted) == (8, 0)
    bodies = [exchange.to_detail()["request"]["body"] for exchange in journal.entries()]
    digest = {"size": 40_000, "sha256": sha256(b"x" * 40_000).hexdigest()}
    assert bodies == 2 * [digest, "small"] + 2 * ["x" * 40_000, "small"]


def test_dropped_bodies_free_their_bytes_once() -> None:
    journal = Journal(max_bytes=50_000)
    for _ in range(3):
        append(journal, b"x" * 30_000)
    journal.remove(lambda exchange: exchange.id == "req_3")
    for _ in range(2):
        append(journal, b"x" * 30_000)
    assert [len(exchange.body) for exchange in journal.entries()] == [0, 0, 0, 30_000]
    journal.clear()
    append(journal, b"x" * 48_000)
    assert [len(exchange.body) for exchange in journal.entries()] == [48_000]


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
