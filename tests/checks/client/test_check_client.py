"""`mockserver check client`: a good client passes all checks, each mutant fails its own."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mockserver.checks.client.runner import client_run
from tests.checks.client.client import MUTANTS

CLIENT = Path(__file__).with_name("client.py")
CHECKS = [
    *("pages", "retry-after", "back-off", "no double send", "schema drift", "content types"),
    "credentials",
]
#: The check that each mutant fails, and a part of the problem.
FAILURES = {
    "FirstPageOnly": ("pages", "stopped after 1 page, although has_more was true"),
    "DeafToRetryAfter": ("retry-after", " s; Retry-After was 1"),
    "SteadyWaits": ("back-off", "the waits were too short or did not grow: 0.5"),
    "GivesUpSoon": ("back-off", "gave up after 2 attempts; attempt 4 would have succeeded"),
    "SendsAgainBlindly": ("no double send", "'client check two' was created 2 times"),
    "NeverSendsAgain": ("no double send", "'client check one' is missing"),
    "StrictReader": ("schema drift", "no attachment was retrieved"),
    "SaysTextForJson": ("content types", "a contact was sent with the Content-Type text/plain"),
    "UploadsNothing": ("content types", "'client-check.txt' has 0 bytes, not 12"),
    "WaitsToBeAsked": ("credentials", "GET /v1/groups had no Authorization header"),
    "OtherToken": ("credentials", "GET /v1/groups had a token other than"),
}


def check_client(command: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [command, "check", "client", *words], capture_output=True, text=True, timeout=120
    )


def test_a_good_client_passes_all_checks(mockserver_command: str) -> None:
    done = check_client(mockserver_command, "--json", sys.executable, str(CLIENT))
    document = json.loads(done.stdout)
    assert [check["check"] for check in document["checks"]] == CHECKS
    assert [check["problem"] for check in document["checks"]] == [""] * len(CHECKS)
    assert (done.returncode, done.stderr) == (0, "")
    assert (document["passed"], document["total"], document["exit_status"]) == (7, 7, "")


def problems_of(name: str, starting: threading.Lock) -> dict[str, str]:
    """Run a client; return the problems by check."""
    with ExitStack() as stack:
        with starting:  # Python 3.11 may fail where two threads parse code, as werkzeug does
            served = stack.enter_context(client_run(retry_after=1))
        with suppress(SystemExit):
            MUTANTS[name](f"{served.url}/v1", served.sandbox.token).run()
        return {result.name: result.problem for result in served.results() if result.problem}


def test_a_mutant_fails_its_own_check_only() -> None:
    run = partial(problems_of, starting=threading.Lock())
    with ThreadPoolExecutor(4) as pool:  # they mostly wait
        problems = dict(zip(MUTANTS, pool.map(run, MUTANTS), strict=True))
    expected = {name: [FAILURES[name][0]] if name in FAILURES else [] for name in MUTANTS}
    for name in MUTANTS:
        if [*problems[name]] != expected[name]:  # a busy machine may have delayed a wait
            problems[name] = run(name)
    assert {name: [*problems[name]] for name in MUTANTS} == expected
    for name, (check, problem) in FAILURES.items():
        assert problem in problems[name][check]


@pytest.mark.external
def test_a_good_javascript_client_passes_all_checks(mockserver_command: str) -> None:
    done = check_client(mockserver_command, "node", str(CLIENT.with_suffix(".mjs")))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("7 of 7 checks passed\n")


def test_a_client_without_requests_fails_all_checks(
    mockserver_command: str, tmp_path: Path
) -> None:
    file = tmp_path / "report.xml"
    done = check_client(
        mockserver_command, "--junit", str(file), "--", sys.executable, "-c", "print('I am here')"
    )
    assert done.returncode == 1
    assert "I am here" in done.stderr
    assert done.stdout.count("FAILED") == len(CHECKS)
    assert "the client sent no requests" in done.stdout
    assert "0 of 7 checks passed" in done.stdout
    suite = ElementTree.parse(file).getroot()
    assert suite.get("name") == "mockserver.check.client"
    assert (suite.get("tests"), suite.get("failures")) == ("7", "7")
    assert [case.get("name") for case in suite.iter("testcase")] == CHECKS


@pytest.mark.parametrize(
    ("timeout", "program", "exit_status"),
    [
        ("120", "raise SystemExit(3)", "exited with status 3"),
        ("0.5", "import threading; threading.Event().wait(600)", "timed out after 0.5 s"),
    ],
)
def test_the_exit_status_of_the_command_is_reported(
    mockserver_command: str, timeout: str, program: str, exit_status: str
) -> None:
    options = ("--timeout", timeout)
    done = check_client(mockserver_command, *options, sys.executable, "-c", program)
    assert done.returncode == 1
    assert f"0 of 7 checks passed; the command {exit_status}" in done.stdout


def test_more_requests_than_the_journal_holds_are_judged(mockserver_command: str) -> None:
    program = (
        "import http.client as h, os, urllib.parse as p\n"
        "u, t = os.environ['PROTOCOL_API_BASE_URL'], os.environ['MOCKSERVER_TOKEN']\n"
        "c = h.HTTPConnection(p.urlsplit(u).netloc)\n"
        "for _ in range(1100):\n"
        "    c.request('GET', '/v1/contacts', headers={'Authorization': 'Bearer ' + t})\n"
        "    c.getresponse().read()\n"
    )
    done = check_client(mockserver_command, sys.executable, "-c", program)
    assert done.returncode == 1
    assert "the same page was requested twice" in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["no-such-command-at-all"], 127, "cannot run no-such-command-at-all"),
        ([], 2, "Missing argument 'COMMAND...'"),
        ([""], 2, "the name of the command is empty"),
        (["--retry-after", "0", "true"], 2, "0 is not in the range"),
        (["--junit", "/no/such/folder/a.xml", "true"], 2, "cannot write the JUnit report"),
    ],
)
def test_wrong_usage_is_an_error(
    mockserver_command: str, words: list[str], code: int, message: str
) -> None:
    done = check_client(mockserver_command, *words)
    assert done.returncode == code
    assert message in done.stderr


def test_the_help_shows_the_task(mockserver_command: str) -> None:
    text = check_client(mockserver_command, "--help").stdout
    assert "1. List all contacts, page by page." in text
    assert "PROTOCOL_API_BASE_URL" in text
