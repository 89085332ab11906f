"""`mockserver run` leaves no process behind, whichever process is killed first.

All processes hold the marker open: reading it to the end waits until all have ended.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import TIMEOUT, command

if TYPE_CHECKING:
    from tests.cli.conftest import Commands

#: A child, one in its own session, and an orphan, which all ignore SIGTERM.
FAMILY = """
exec 3>"$0"
trap '' TERM INT HUP
tail -f /dev/null &
setsid tail -f /dev/null &
sh -c 'setsid tail -f /dev/null &'
echo ready >&3
"""
FOR_EVER = "exec tail -f /dev/null"

PYTEST = """
import os, subprocess, urllib.request

def test_the_server_answers():
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    headers = {"Authorization": "Bearer " + os.environ["MOCKSERVER_TOKEN"]}
    url = os.environ["PROTOCOL_API_BASE_URL"] + "/contacts"
    assert direct.open(urllib.request.Request(url, headers=headers)).status == 200

def test_that_starts_something():
    family = subprocess.Popen(["sh", "-c", FAMILY, MARKER])
    assert family.wait() == 0
"""
NODE = """
import assert from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";

test("the server answers", async () => {
  const headers = { Authorization: `Bearer ${process.env.MOCKSERVER_TOKEN}` };
  const answer = await fetch(`${process.env.PROTOCOL_API_BASE_URL}/contacts`, { headers });
  assert.equal(answer.status, 200);
});
test("that starts something", async () => {
  const family = spawn("sh", ["-c", FAMILY, MARKER], { stdio: "ignore" });
  assert.deepEqual(await once(family, "exit"), [0, null]);
});
"""
SUITES = [
    pytest.param("test_own.py", PYTEST, "pytest", id="pytest"),
    pytest.param("own.test.mjs", NODE, "node --test", id="node", marks=pytest.mark.external),
]


def test_no_process_is_left_after_the_command(commands: Commands, marker: Path) -> None:
    process, _ = commands.start("run", "--", "sh", "-c", f"{FAMILY} exit 3", marker)
    with marker.open() as lines:
        assert lines.read() == "ready\n"
    assert process.wait(TIMEOUT) == 3


def test_killing_the_runner_leaves_no_process(commands: Commands, marker: Path) -> None:
    process, _ = commands.start("run", "--", "sh", "-c", FAMILY + FOR_EVER, marker)
    with marker.open() as lines:
        assert lines.readline() == "ready\n"
        process.kill()
        assert lines.read() == ""


def test_killing_the_runners_group_leaves_no_process(commands: Commands, marker: Path) -> None:
    words = [command(), "run", "--", "sh", "-c", FAMILY + FOR_EVER, str(marker)]
    with subprocess.Popen(words, process_group=0) as process, marker.open() as lines:
        assert lines.readline() == "ready\n"
        os.killpg(process.pid, signal.SIGKILL)
        assert lines.read() == ""


@pytest.mark.parametrize(("name", "text", "runner"), SUITES)
@pytest.mark.parametrize("code", [0, 1])
def test_a_suite_passes_its_exit_code_and_leaves_no_process(
    commands: Commands, marker: Path, name: str, text: str, runner: str, code: int
) -> None:
    # The suite expects 0 of the script, and fails with its own code.
    script = f"{FAMILY} exit {code * 9}"
    process = started(commands, marker, name, text, runner, script)
    with marker.open() as lines:
        assert lines.read() == "ready\n"
    out, _ = process.communicate(timeout=TIMEOUT)
    assert process.returncode == code, out


@pytest.mark.parametrize(("name", "text", "runner"), SUITES)
def test_killing_the_runner_of_a_suite_leaves_no_process(
    commands: Commands, marker: Path, name: str, text: str, runner: str
) -> None:
    process = started(commands, marker, name, text, runner, FAMILY + FOR_EVER)
    with marker.open() as lines:
        assert lines.readline() == "ready\n"
        process.kill()
        assert lines.read() == ""


def started(
    commands: Commands, marker: Path, name: str, text: str, runner: str, script: str
) -> subprocess.Popen[str]:
    """Start a suite under ``run``: one test calls the server, one runs the script."""
    known = f"[FAMILY, MARKER] = {json.dumps([script, str(marker)])};\n"
    head = known if name.endswith(".py") else f"const {known}"
    (commands.folder / name).write_text(head + text)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    variables = {"PATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # to start fast
    process, _ = commands.start("run", "--", *runner.split(), name, **variables)
    return process
