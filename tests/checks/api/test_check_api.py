"""`mockserver check api`: no drift here, each mutant found, and nothing else touched."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from mockserver.server import Server
from mockserver.settings import Settings
from mockserver.web.app import create_app
from tests.checks.api.mutants import DIFFERENCES, Asked, Plant, Told


def verified(command: str, url: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [command, "check", "api", url, "--token", "sandbox_judge", *words],
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def planted() -> Iterator[Callable[[Plant], Server]]:
    """Serve a copy of the server that differs."""
    servers: list[Server] = []

    def serve(plant: Plant) -> Server:
        servers.append(Server(plant))
        servers[-1].start()
        return servers[-1]

    yield serve
    for each in servers:
        each.stop()


def objects(client: Any) -> Any:
    """The objects of a sandbox, but for when the user was last active: whoever sends, is."""
    state = client.get("/_sandbox/state").json
    return {
        name: [{**each, "last_active_at": None} for each in value]
        for name, value in state.items()
        if isinstance(value, list)
    }


def test_here_is_no_drift_and_nothing_is_left_or_touched(
    client: Any, mockserver_command: str, tmp_path: Path
) -> None:
    judge = type(client)(client.url, "sandbox_judge", client.pool)
    before = objects(judge)
    file = tmp_path / "check.xml"
    told = verified(mockserver_command, f"{client.url}/v1", "--json", "--junit", str(file))
    assert (told.returncode, told.stderr) == (0, "")
    report = json.loads(told.stdout)
    assert report["drift"] == 0
    assert len(report["rows"]) > 120
    assert {row["basis"] for row in report["rows"]} == {"documented", "decided"}
    assert objects(judge) == before
    suite = ElementTree.parse(file).getroot()
    assert (suite.get("tests"), suite.get("failures")) == (str(len(report["rows"])), "0")


def test_it_changes_and_deletes_only_what_it_has_made(
    planted: Callable[[Plant], Server], mockserver_command: str
) -> None:
    plant = Recorder(create_app())
    server = planted(plant)
    assert verified(mockserver_command, f"{server.url}/v1").returncode == 0
    written = {path.split("/")[2] for method, path in plant.asked if method in ("PUT", "DELETE")}
    assert written
    assert written & plant.found == set()


class Recorder(Plant):
    """Knows all that was there at the start."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        state = app.state()
        self.found = {
            each["id"]
            for objects in state.values()
            if isinstance(objects, list)
            for each in objects
        }

    def after(self, asked: Asked, told: Told) -> None: ...


@pytest.mark.parametrize("name", DIFFERENCES)
def test_a_planted_difference_is_found_and_only_that(
    planted: Callable[[Plant], Server], mockserver_command: str, name: str
) -> None:
    difference = DIFFERENCES[name]
    server = planted(difference.planted(create_app()))
    told = verified(mockserver_command, f"{server.url}/v1", "--json")
    assert told.returncode == 5, told.stdout + told.stderr
    drifted = [row for row in json.loads(told.stdout)["rows"] if row["verdict"] != "ok"]
    assert drifted
    for row in drifted:
        assert difference.word in row["where"] + row["expected"] + row["found"], row


def test_the_table_shows_the_drift_and_counts_what_rests_on_it(
    planted: Callable[[Plant], Server], mockserver_command: str
) -> None:
    server = planted(DIFFERENCES["null where none may be"].planted(create_app()))
    told = verified(mockserver_command, f"{server.url}/v1").stdout
    assert "DRIFT" in told
    assert "unclear until" not in told
    assert told.rstrip().endswith("unclear (--all shows them)")
    assert "unclear until" in verified(mockserver_command, f"{server.url}/v1", "--all").stdout


def test_with_assets_of_its_own_only_their_urls_differ(
    serve: Callable[..., Server], mockserver_command: str
) -> None:
    server = serve(Settings(assets="local"))
    told = verified(mockserver_command, f"{server.url}/v1", "--json")
    drifted = [row for row in json.loads(told.stdout)["rows"] if row["verdict"] == "drift"]
    assert drifted
    for row in drifted:
        assert f"_url is '{server.url}/_assets/" in row["found"]


def test_every_endpoint_that_drifts_is_named_whole(
    planted: Callable[[Plant], Server], mockserver_command: str
) -> None:
    server = planted(DIFFERENCES["400 for 404"].planted(create_app()))
    told = verified(mockserver_command, f"{server.url}/v1")
    assert "GET /contacts/:id answered 400" in told.stdout


@pytest.mark.parametrize("seconds", ["nan", "0"])
def test_a_timeout_is_a_number_of_seconds(mockserver_command: str, seconds: str) -> None:
    told = verified(mockserver_command, "http://127.0.0.1:9/v1", "--timeout", seconds)
    assert told.returncode == 2
    assert "--timeout" in told.stderr


@pytest.mark.parametrize(
    ("url", "code", "said"),
    [
        ("http://127.0.0.1:9", 2, "/v1"),
        ("http://127.0.0.1:9/v1", 1, "127.0.0.1:9"),
        ("ftp://127.0.0.1/v1", 2, "ftp://127.0.0.1/v1"),
    ],
)
def test_where_there_is_no_api_that_is_all_there_is_to_tell(
    mockserver_command: str, url: str, code: int, said: str
) -> None:
    told = verified(mockserver_command, url)
    assert (told.returncode, told.stdout) == (code, "")
    assert said in told.stderr
    assert "Traceback" not in told.stderr


def test_a_token_that_is_refused_is_no_drift(
    serve: Callable[..., Server], mockserver_command: str
) -> None:
    server = serve(Settings(token=("right",)))
    told = verified(mockserver_command, f"{server.url}/v1")
    assert (told.returncode, told.stdout) == (1, "")
    assert "401" in told.stderr
