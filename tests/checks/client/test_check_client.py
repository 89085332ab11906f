"""`mockserver check client`: a good client makes all points, and each mutant loses its own."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.checks.client.client import MUTANTS

CLIENT = Path(__file__).with_name("client.py")
POINTS = [
    *("pages", "retry-after", "back-off", "no double send", "tomorrow", "content types"),
    "credentials",
]
LOSSES = {
    "FirstPageOnly": ("pages", "stopped after 1 pages"),
    "DeafToRetryAfter": ("retry-after", "though Retry-After said 1"),
    "SteadyWaits": ("back-off", "no longer from one to the next"),
    "GivesUpSoon": ("back-off", "gave up after 2 attempts; attempt 4 would have come through"),
    "SendsAgainBlindly": ("no double send", "'client check two' is there 2 times"),
    "NeverSendsAgain": ("no double send", "'client check one' is not there"),
    "StrictReader": ("tomorrow", "no attachment was retrieved"),
    "SaysTextForJson": ("content types", "a contact was sent as Content-Type text/plain"),
    "UploadsNothing": ("content types", "'client-check.txt' has 0 bytes in place of 12"),
    "WaitsToBeAsked": ("credentials", "GET /v1/groups came without an Authorization header"),
    "OtherToken": ("credentials", "GET /v1/groups came with other credentials"),
}


def certified(command: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [command, "check", "client", *words], capture_output=True, text=True, timeout=120
    )


@pytest.fixture(scope="module")
def told(mockserver_command: str) -> dict[str, tuple[int, Any]]:
    """The exit code and the report of each client; all at once, since they mostly wait."""

    def run(name: str) -> tuple[int, Any]:
        done = certified(mockserver_command, "--json", sys.executable, str(CLIENT), name)
        return done.returncode, json.loads(done.stdout)

    with ThreadPoolExecutor(4) as pool:
        return dict(zip(MUTANTS, pool.map(run, MUTANTS), strict=True))


def test_a_good_client_makes_all_points(told: dict[str, tuple[int, Any]]) -> None:
    code, report = told["Good"]
    assert [each["point"] for each in report["points"]] == POINTS
    assert [each["wrong"] for each in report["points"]] == [""] * len(POINTS)
    assert (code, report["made"], report["of"], report["ending"]) == (0, 7, 7, "")


def test_every_mutant_is_expected_to_lose_something() -> None:
    assert MUTANTS.keys() - {"Good"} == LOSSES.keys()


@pytest.mark.parametrize("mutant", LOSSES)
def test_a_mutant_loses_its_own_point_and_only_that(
    told: dict[str, tuple[int, Any]], mutant: str
) -> None:
    code, report = told[mutant]
    lost = {each["point"]: each for each in report["points"] if not each["made"]}
    point, said = LOSSES[mutant]
    assert [*lost] == [point]
    assert said in lost[point]["wrong"]
    assert lost[point]["fix"]
    assert code == 1


@pytest.mark.external
def test_a_good_client_in_javascript_makes_all_points(mockserver_command: str) -> None:
    done = certified(mockserver_command, "node", str(CLIENT.with_suffix(".mjs")))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("7 of 7 points\n")


def test_a_client_that_does_nothing_makes_none(mockserver_command: str, tmp_path: Path) -> None:
    file = tmp_path / "report.xml"
    done = certified(
        mockserver_command, "--junit", str(file), "--", sys.executable, "-c", "print('I am here')"
    )
    assert done.returncode == 1
    assert "I am here" in done.stderr
    assert done.stdout.count("LOST") == len(POINTS)
    assert "there was no request at all" in done.stdout
    assert "0 of 7 points" in done.stdout
    suite = ElementTree.parse(file).getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("7", "7")
    assert [case.get("name") for case in suite.iter("testcase")] == POINTS


@pytest.mark.parametrize(
    ("program", "ending"),
    [
        ("raise SystemExit(3)", "the command ended with 3"),
        ("import threading; threading.Event().wait(600)", "the command was ended after 0.5 s"),
    ],
)
def test_how_the_command_ended_is_told(mockserver_command: str, program: str, ending: str) -> None:
    done = certified(mockserver_command, "--timeout", "0.5", sys.executable, "-c", program)
    assert done.returncode == 1
    assert ending in done.stdout


def test_a_flood_is_judged_all_the_same(mockserver_command: str) -> None:
    program = (
        "import os, urllib.request as r\n"
        "u, t = os.environ['PROTOCOL_API_BASE_URL'], os.environ['MOCKSERVER_TOKEN']\n"
        "q = r.Request(u + '/contacts', headers={'Authorization': 'Bearer ' + t})\n"
        "for _ in range(1100): r.urlopen(q).read()\n"
    )
    done = certified(mockserver_command, sys.executable, "-c", program)
    assert done.returncode == 1
    assert "a page was asked for twice" in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["no-such-command-at-all"], 127, "cannot run no-such-command-at-all"),
        ([], 2, "Missing argument 'COMMAND...'"),
        ([""], 2, "the name of the command is empty"),
        (["--retry-after", "0", "true"], 2, "0 is not in the range"),
        (["--junit", "/no/such/folder/a.xml", "true"], 2, "cannot write the JUnit report"),
    ],
)
def test_what_makes_no_sense_is_refused(
    mockserver_command: str, words: list[str], code: int, said: str
) -> None:
    done = certified(mockserver_command, *words)
    assert done.returncode == code
    assert said in done.stderr


def test_the_help_tells_the_task(mockserver_command: str) -> None:
    told = certified(mockserver_command, "--help").stdout
    assert "1. List all contacts, page by page to the end." in told
    assert "PROTOCOL_API_BASE_URL" in told
