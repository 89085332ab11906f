"""A watch judges each exchange of its topics once, and is satisfied by the current number."""

from __future__ import annotations

import threading

import pytest

from mockserver.journal.exchange import Exchange
from mockserver.journal.journal import Journal
from mockserver.journal.matching import Target
from tests.journal.test_journal import append


class Matcher:
    """Matches every exchange, and records which it was asked about."""

    def __init__(self) -> None:
        self.judged: list[str] = []

    def __call__(self, exchange: Exchange) -> bool:
        self.judged.append(exchange.id)
        return True


def any_topic(exchange: Exchange) -> bool:
    return True


def test_each_exchange_is_judged_once() -> None:
    journal, match = Journal(), Matcher()
    append(journal)
    with journal.watches.watch(any_topic, match, lambda count: count >= 3) as satisfied:
        append(journal)
        assert not satisfied.is_set()
        append(journal)
        assert satisfied.is_set()
    append(journal)
    assert match.judged == ["req_1", "req_2", "req_3"]


@pytest.mark.parametrize(
    "target",
    [
        Target(operation="groups.delete"),
        Target(resource="groups"),
        Target(operation="delete"),
        Target(operation="groups.*"),
        Target(method="delete", path="/v1/*"),
    ],
    ids=str,
)
def test_exchanges_of_other_topics_are_not_judged(target: Target) -> None:
    journal, match = Journal(max_entries=1), Matcher()
    with journal.watches.watch(target.concerns, match, lambda count: count >= 1) as satisfied:
        append(journal)
        append(journal)  # and evict the first
        assert not match.judged
        append(journal, method="DELETE", operation="groups.delete")
        assert match.judged == ["req_3"]
        assert satisfied.is_set()


def test_a_watch_counts_topics_that_occurred_before_it() -> None:
    journal = Journal()
    with journal.watches.watch(any_topic, Matcher(), lambda count: count >= 3) as first:
        append(journal)
        with journal.watches.watch(any_topic, Matcher(), lambda count: count >= 2) as second:
            append(journal)
            assert second.is_set()
        append(journal)
        assert first.is_set()


def test_a_watch_may_be_satisfied_from_the_start() -> None:
    journal = Journal()
    append(journal)
    with journal.watches.watch(any_topic, Matcher(), lambda count: count == 1) as satisfied:
        assert satisfied.is_set()


@pytest.mark.parametrize("how", ["evict", "remove", "reset"])
def test_removed_exchanges_are_no_longer_counted(how: str) -> None:
    journal = Journal(max_entries=2)
    append(journal)
    append(journal)
    watch = journal.watches.watch(
        any_topic, lambda exchange: exchange.id == "req_1", lambda count: count == 0
    )
    with watch as gone:
        assert not gone.is_set()
        if how == "evict":
            append(journal)
        elif how == "remove":
            journal.remove(lambda exchange: True)
        else:
            journal.reset()
        assert gone.is_set()


def test_the_waiting_thread_is_woken_by_the_appending_one() -> None:
    journal, entered = Journal(), threading.Event()
    woken: list[bool] = []

    def wait() -> None:
        with journal.watches.watch(any_topic, Matcher(), lambda count: count >= 1) as satisfied:
            entered.set()
            woken.append(satisfied.wait(60))

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert entered.wait(60)
    append(journal)
    waiting.join(60)
    assert woken == [True]
