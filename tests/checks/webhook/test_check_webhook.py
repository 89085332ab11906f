"""The command `mockserver check webhook`."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from mockserver.cli import main
from tests.checks.webhook import receivers
from tests.checks.webhook.receivers import SECRET, Receiver, listening

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def check_webhook(mockserver_command: str, tmp_path: Path) -> Run:
    def run(url: str, *options: str, secret: str = SECRET) -> subprocess.CompletedProcess[str]:
        command = [mockserver_command, "check", "webhook", url, "--secret", secret, *options]
        return subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
        )

    return run


def test_a_good_receiver_is_exit_code_0_and_a_table(check_webhook: Run) -> None:
    with listening(Receiver()) as url:
        done = check_webhook(url)
    assert (done.returncode, done.stderr) == (0, "")
    heading, *lines = done.stdout.splitlines()
    assert heading.split() == ["check", "sent", "response", "verdict"]
    assert [line.endswith(" ok") for line in lines[:-2]] == [True] * 11
    assert lines[-1] == f"{url}: no findings in 11 checks"


def test_a_finding_is_exit_code_1_with_its_fix(check_webhook: Run) -> None:
    with listening(receivers.FailsOnDuplicates()) as url:
        done = check_webhook(url)
    assert (done.returncode, done.stderr) == (1, "")
    assert "200, 500  FINDING\n    failed on a duplicate (500): " in done.stdout
    assert "\n    fix: store the ids of handled events" in done.stdout
    assert done.stdout.endswith(f"{url}: 1 finding in 11 checks\n")


def test_json_and_junit_have_the_same_results(check_webhook: Run, tmp_path: Path) -> None:
    with listening(receivers.AcceptsAnySignature()) as url:
        done = check_webhook(url, "--json", "--junit", "report.xml")
    document = json.loads(done.stdout)
    assert (done.returncode, document["url"], document["findings"]) == (1, url, 1)
    verdicts = {check["check"]: check["verdict"] for check in document["checks"]}
    assert verdicts["other secret"] == "finding"
    assert verdicts["tampered"] == "unclear"
    [finding] = [check for check in document["checks"] if check["verdict"] == "finding"]
    assert finding["responses"] == [200]
    assert finding["message"] == "accepted a delivery signed with another secret (200)"

    suite = ElementTree.parse(tmp_path / "report.xml").getroot()
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "11", "failures": "1", "errors": "0", "skipped": "1"}
    assert suite.get("name") == "mockserver.check.webhook"
    cases = {case.get("name"): [child.tag for child in case] for case in suite.iter("testcase")}
    assert list(cases) == list(verdicts)
    assert (cases["other secret"], cases["tampered"]) == (["failure"], ["skipped"])
    failure = suite.find(".//failure")
    assert failure is not None
    assert failure.get("message") == finding["message"]
    assert failure.text is not None
    assert finding["fix"] in failure.text


def test_an_unreachable_receiver_is_exit_code_1(check_webhook: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    done = check_webhook(url)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"no receiver at {url}: " in done.stderr
    assert done.stderr.endswith("start the receiver first\n")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("url", "options", "message"),
    [
        ("http://192.0.2.1/", (), "--allow-webhook-host 192.0.2.1"),
        ("receiver", (), "'receiver' is not the URL of a receiver"),
        ("http://127.0.0.1/", ("--timeout", "0"), "0.1<=x<=600"),
        ("http://127.0.0.1/", ("--junit", "no/folder.xml"), "cannot write the JUnit report"),
        ("http://127.0.0.1/", ("--jnuit", "a.xml"), "--junit"),
        ("http://127.0.0.1/", ("--secret", ""), "may not be empty"),
    ],
)
def test_wrong_usage_is_exit_code_2(url: str, options: tuple[str, ...], message: str) -> None:
    words = ["check", "webhook", url, "--secret", SECRET, *options]
    done = CliRunner().invoke(main, words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert isinstance(done.exception, SystemExit)
    assert message in done.stderr


def test_the_secret_may_be_any_text(check_webhook: Run) -> None:
    with listening(Receiver()) as url:
        done = check_webhook(url, "--json", secret="ein Schlüssel 🔑")
    first = json.loads(done.stdout)["checks"][0]
    assert first["message"] == "refused a valid delivery (401)"
