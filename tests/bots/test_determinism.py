"""The same seed gives the same bytes, in any steps of time and after reset or restore."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mockserver.server import Server
from mockserver.settings import Settings
from tests.bots.conftest import DAWN, DAY, HOUR, BotClient

NAMES = ("office", "support-queue")


def run(bots: BotClient, name: str, days: int = 2) -> tuple[str, bytes]:
    """Run some days in which the user writes too; return the transcript and the state."""
    bots.start(name)
    username = bots.status()["people"][0]["username"]
    for text in ("When is the release?", "Thank you."):
        bots.advance(5 * HOUR)
        bots.send(bots.direct(username), text)
    bots.advance(days * DAY)
    return bots.text(), bots.state()


@pytest.mark.parametrize("name", NAMES)
def test_two_servers_give_the_same_bytes(
    name: str, bots: BotClient, serve: Callable[..., Server]
) -> None:
    server = serve(Settings())
    on_server = BotClient(type(bots.client)(server.url, "sandbox_own", bots.client.pool))
    on_server.set_clock(mode="frozen", now=DAWN)
    first, second = run(bots, name), run(on_server, name)
    assert first == second
    assert first[0].count("\n") > 100


@pytest.mark.parametrize("mode", ["frozen", "step"])
@pytest.mark.parametrize("name", NAMES)
def test_ten_days_at_once_equal_240_hours(
    name: str, mode: str, bots: BotClient, new_bots: Callable[[str], BotClient]
) -> None:
    ends = []
    for client, steps in ((bots, 1), (new_bots("hours"), 240)):
        client.set_clock(mode=mode, now=DAWN)
        client.start(name)
        client.advance(6 * HOUR)
        client.send(client.direct(client.status()["people"][0]["username"]), "Is there any news?")
        fired = []
        for _ in range(steps):
            fired += client.advance(10 * DAY // steps)["fired"]
        ends.append((client.text(), client.state(), fired))
    assert ends[0] == ends[1]
    assert len(ends[0][2]) > 1000


def test_another_seed_gives_another_transcript(
    bots: BotClient, new_bots: Callable[[str], BotClient]
) -> None:
    other_seed = new_bots("other_seed")
    bots.start("office")
    other_seed.start("office", seed="7")
    assert other_seed.status()["seed"] == "7"
    for client in (bots, other_seed):
        client.advance(DAY)
    assert bots.text() != other_seed.text()


def test_a_snapshot_keeps_planned_actions(bots: BotClient) -> None:
    bots.start("office")
    bots.advance(5 * HOUR)
    bots.send(bots.direct("TomOkafor"), "Is the build green?")
    bots.control("PUT", "/snapshots/noon", json={})
    before = bots.status(), bots.text()
    ends = []
    for _ in range(2):
        bots.advance(DAY)
        ends.append((bots.text(), bots.state(), bots.status()))
        bots.control("POST", "/snapshots/noon/restore", json={})
        assert (bots.status(), bots.text()) == before
    assert ends[0] == ends[1]
    assert ends[0][0] != before[1]


def test_restore_brings_back_running_and_no_bots(bots: BotClient) -> None:
    bots.control("PUT", "/snapshots/empty", json={})
    bots.start("office")
    bots.control("PUT", "/snapshots/full", json={})
    bots.control("DELETE", "/bots")
    bots.control("POST", "/snapshots/full/restore", json={})
    assert bots.status()["script"] == "office"
    bots.control("POST", "/snapshots/empty/restore", json={})
    bots.control("GET", "/bots", 404)
    bots.control("GET", "/bots/transcript", 404)


@pytest.fixture
def server_bots(serve: Callable[..., Server], client: Any) -> BotClient:
    """A new sandbox of a server with bots, on a frozen clock."""
    server = serve(Settings(bots="office", clock="frozen"))
    return BotClient(type(client)(server.url, client.token, client.pool))


def test_a_reset_restarts_the_bots_of_the_server(server_bots: BotClient) -> None:
    runs = []
    for _ in range(2):
        start = server_bots.status(), server_bots.state()
        server_bots.advance(2 * DAY)
        runs.append((start, server_bots.text(), server_bots.state()))
        server_bots.control("POST", "/reset", json={})
    assert runs[0] == runs[1]


def test_a_reset_replaces_other_or_stopped_bots(
    server_bots: BotClient,
) -> None:
    start = server_bots.status()
    server_bots.start("support-queue")
    server_bots.control("POST", "/reset", json={})
    assert server_bots.status() == start
    server_bots.control("DELETE", "/bots")
    server_bots.control("POST", "/reset", json={"only": ["bots"]})
    assert server_bots.status()["script"] == "office"


def test_a_reset_removes_bots_started_later(
    bots: BotClient,
) -> None:
    bots.control("POST", "/reset", json={})
    before = bots.state()
    bots.start("office")
    bots.advance(DAY)
    bots.control("POST", "/reset", json={})
    bots.control("GET", "/bots", 404)
    assert bots.state() == before


def test_loading_another_state_restarts_the_bots(bots: BotClient) -> None:
    bots.start("office")
    bots.advance(DAY)
    empty = {**bots.control("GET", "/state"), "groups": [], "conversations": []}
    empty |= {"messages": [], "attachments": [], "departed": []}
    empty["contacts"] = [contact for contact in empty["contacts"] if contact["id"] == empty["user"]]
    bots.control("PUT", "/state", json=empty)
    assert [line for line in bots.lines() if line["action"] == "message"] == []
    assert all(person["is_present"] for person in bots.status()["people"])
    bots.advance(DAY)
    assert bots.lines_of("message")


def test_a_reset_of_the_data_restarts_the_bots(bots: BotClient) -> None:
    bots.start("office")
    bots.advance(DAY)
    bots.control("POST", "/reset", json={"only": ["data"]})
    assert all(person["is_present"] for person in bots.status()["people"])
    assert bots.status()["started_at"] == DAWN + DAY
    bots.advance(DAY)
    assert bots.lines_of("message")


def test_an_advance_without_bots_has_nothing_left(bots: BotClient) -> None:
    advanced = bots.advance(DAY)
    assert (advanced["fired"], advanced["unlisted"], advanced["left"]) == ([], 0, 0)
