"""The same seed, the same play: to the byte, however time is cut, and after every way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mockserver.server import Server
from mockserver.settings import Settings
from tests.bots.conftest import DAWN, DAY, HOUR, Theatre

NAMES = ("office", "support-queue")


def live(theatre: Theatre, name: str, days: int = 2) -> tuple[str, bytes]:
    """Some days, in which the user says something too: the play, and the world that it leaves."""
    theatre.put_on(name)
    colleague = theatre.cast()["people"][0]["username"]
    for text in ("When is the release?", "Thank you."):
        theatre.advance(5 * HOUR)
        theatre.say(theatre.direct(colleague), text)
    theatre.advance(days * DAY)
    return theatre.text(), theatre.state()


@pytest.mark.parametrize("name", NAMES)
def test_two_servers_play_the_same_to_the_byte(
    name: str, theatre: Theatre, serve: Callable[..., Server]
) -> None:
    server = serve(Settings())
    elsewhere = Theatre(type(theatre.client)(server.url, "sandbox_own", theatre.client.pool))
    elsewhere.set_clock(mode="frozen", now=DAWN)
    one, two = live(theatre, name), live(elsewhere, name)
    assert one == two
    assert one[0].count("\n") > 100


@pytest.mark.parametrize("mode", ["frozen", "step"])
@pytest.mark.parametrize("name", NAMES)
def test_ten_days_at_once_are_240_hours(
    name: str, mode: str, theatre: Theatre, another: Callable[[str], Theatre]
) -> None:
    ends = []
    for each, steps in ((theatre, 1), (another("hours"), 240)):
        each.set_clock(mode=mode, now=DAWN)
        each.put_on(name)
        each.advance(6 * HOUR)
        each.say(each.direct(each.cast()["people"][0]["username"]), "Is there any news?")
        fired = []
        for _ in range(steps):
            fired += each.advance(10 * DAY // steps)["fired"]
        ends.append((each.text(), each.state(), fired))
    assert ends[0] == ends[1]
    assert len(ends[0][2]) > 1000


def test_another_seed_is_another_play(theatre: Theatre, another: Callable[[str], Theatre]) -> None:
    seven = another("seven")
    theatre.put_on("office")
    seven.put_on("office", seed="7")
    assert seven.cast()["seed"] == "7"
    for each in (theatre, seven):
        each.advance(DAY)
    assert theatre.text() != seven.text()


def test_a_snapshot_keeps_what_they_were_about_to_do(theatre: Theatre) -> None:
    theatre.put_on("office")
    theatre.advance(5 * HOUR)
    theatre.say(theatre.direct("TomOkafor"), "Is the build green?")
    theatre.ask("PUT", "/snapshots/noon", json={})
    before = theatre.cast(), theatre.text()
    ends = []
    for _ in range(2):
        theatre.advance(DAY)
        ends.append((theatre.text(), theatre.state(), theatre.cast()))
        theatre.ask("POST", "/snapshots/noon/restore", json={})
        assert (theatre.cast(), theatre.text()) == before
    assert ends[0] == ends[1]
    assert ends[0][0] != before[1]


def test_a_snapshot_brings_back_who_was_sent_home_and_an_empty_stage(theatre: Theatre) -> None:
    theatre.ask("PUT", "/snapshots/empty", json={})
    theatre.put_on("office")
    theatre.ask("PUT", "/snapshots/full", json={})
    theatre.ask("DELETE", "/bots")
    theatre.ask("POST", "/snapshots/full/restore", json={})
    assert theatre.cast()["script"] == "office"
    theatre.ask("POST", "/snapshots/empty/restore", json={})
    theatre.ask("GET", "/bots", 404)
    theatre.ask("GET", "/bots/transcript", 404)


@pytest.fixture
def manned(serve: Callable[..., Server], client: Any) -> Theatre:
    """A new sandbox of a server that was started with a cast, on a frozen clock."""
    server = serve(Settings(bots="office", clock="frozen"))
    return Theatre(type(client)(server.url, client.token, client.pool))


def test_a_reset_brings_the_cast_of_the_server_back_to_its_start(manned: Theatre) -> None:
    plays = []
    for _ in range(2):
        start = manned.cast(), manned.state()
        manned.advance(2 * DAY)
        plays.append((start, manned.text(), manned.state()))
        manned.ask("POST", "/reset", json={})
    assert plays[0] == plays[1]


def test_a_reset_brings_it_back_even_where_another_played_or_it_was_dismissed(
    manned: Theatre,
) -> None:
    start = manned.cast()
    manned.put_on("support-queue")
    manned.ask("POST", "/reset", json={})
    assert manned.cast() == start
    manned.ask("DELETE", "/bots")
    manned.ask("POST", "/reset", json={"only": ["bots"]})
    assert manned.cast()["script"] == "office"


def test_a_reset_of_a_sandbox_that_began_without_a_cast_empties_the_stage(
    theatre: Theatre,
) -> None:
    theatre.ask("POST", "/reset", json={})
    before = theatre.state()
    theatre.put_on("office")
    theatre.advance(DAY)
    theatre.ask("POST", "/reset", json={})
    theatre.ask("GET", "/bots", 404)
    assert theatre.state() == before


def test_in_another_state_they_come_on_anew(theatre: Theatre) -> None:
    theatre.put_on("office")
    theatre.advance(DAY)
    empty = {**theatre.ask("GET", "/state"), "groups": [], "conversations": []}
    empty |= {"messages": [], "attachments": [], "departed": []}
    empty["contacts"] = [one for one in empty["contacts"] if one["id"] == empty["user"]]
    theatre.ask("PUT", "/state", json=empty)
    assert [line for line in theatre.lines() if line["action"] == "message"] == []
    assert all(one["is_present"] for one in theatre.cast()["people"])
    theatre.advance(DAY)
    assert theatre.acts("message")


def test_a_reset_of_the_data_alone_has_them_come_on_anew(theatre: Theatre) -> None:
    theatre.put_on("office")
    theatre.advance(DAY)
    theatre.ask("POST", "/reset", json={"only": ["data"]})
    assert all(one["is_present"] for one in theatre.cast()["people"])
    assert theatre.cast()["started_at"] == DAWN + DAY
    theatre.advance(DAY)
    assert theatre.acts("message")


def test_an_advance_without_a_cast_tells_that_nothing_is_left(theatre: Theatre) -> None:
    advanced = theatre.advance(DAY)
    assert (advanced["fired"], advanced["unlisted"], advanced["left"]) == ([], 0, 0)
