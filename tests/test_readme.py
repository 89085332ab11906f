"""The README: every snippet runs, every setting is in its table."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mockserver import MockServer
from mockserver.faults.rules import FAULT_TYPES
from mockserver.resources.registry import ResourceRegistry
from mockserver.seeding.load import Loader
from mockserver.server import Server
from mockserver.settings import flag, rows, variable
from mockserver.web.control.simulate import routes as simulate_routes
from mockserver.webhooks.rules import ACTIONS
from tests.checks.webhook.receivers import Receiver, listening
from tests.recipes.snippets import Snippets

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
RECIPES = Snippets(TEXT)


def snippets(language: str) -> list[str]:
    """The snippets that are no file of a recipe: tests/recipes runs those."""
    files = RECIPES.files.values()
    return [code for kind, code in RECIPES.fences if kind == language and code not in files]


SHELL = snippets("sh")
CURL = [each for each in SHELL if each.startswith("curl")]
OWN = [each for each in SHELL if each.startswith("mockserver")]
EVAL = [each for each in SHELL if each.startswith("eval")]
INSTALL = [each for each in SHELL if each.startswith("python3 -m venv")]
RUN_RECIPES = [
    RECIPES.command(each) for each in ("node --test", "test_page.py", "test_chat.py", "check.sh")
]


def table(section: str) -> list[str]:
    """The words in code that begin the rows of a section's table."""
    text = TEXT.split(f"\n## {section}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", text, re.MULTILINE)
    return sorted(name for row in rows for name in re.findall(r"\w+", row))


def test_every_snippet_is_of_a_kind_that_a_test_runs() -> None:
    files = RECIPES.files.values()
    kinds = {kind for kind, code in RECIPES.fences if code not in files}
    assert kinds == {"sh", "python", "json"}
    assert sorted(CURL + OWN + EVAL + INSTALL + RUN_RECIPES) == sorted(SHELL)


def test_a_test_names_every_file_of_a_recipe() -> None:
    tests = [path.read_text(encoding="utf-8") for path in (ROOT / "tests/recipes").glob("test_*")]
    assert [name for name in RECIPES.files if f'"{name}"' not in "".join(tests)] == []


def test_the_two_commands_come_first_and_ci_runs_the_second() -> None:
    assert SHELL[:2] == INSTALL
    assert all(command.count("\n") == 1 for command in INSTALL)
    install, run = INSTALL[1].strip().split(" && ")[1:]
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert install.removeprefix(".venv/bin/pip") in ci
    assert run.replace(".venv/bin/pytest", '"$venv/bin/pytest"') in ci


@pytest.mark.parametrize("snippet", snippets("python"))
def test_python_snippets_run(snippet: str) -> None:
    exec(compile(snippet, "README.md", "exec"), {})


def test_every_act_of_the_other_side_is_in_the_table() -> None:
    assert table("The other side") == sorted(each.path.split("/")[-1] for each in simulate_routes)


def test_the_fixture_that_is_shown_loads() -> None:
    shown = [json.loads(each) for each in snippets("json")]
    fixtures = [each for each in shown if "contacts" in each]
    for document in fixtures:
        world = Loader(ResourceRegistry()).world(document, source="README.md", seed="0")
        assert len(world["contact"]) == 1
    assert len(fixtures) == 1


def test_the_script_that_is_shown_plays() -> None:
    [shown] = [each for each in map(json.loads, snippets("json")) if "people" in each]
    box = MockServer().sandbox("lighthouse", clock="frozen")
    box.bots.start(shown)
    box.clock.advance(86_400)
    assert {"Keeper", "Gull"} <= {line["name"] for line in box.bots.transcript()}


def test_the_ready_line_that_is_shown_has_the_keys_of_the_real_one() -> None:
    shown = next(each for each in map(json.loads, snippets("json")) if "event" in each)
    assert list(shown) == ["event", "url", "port", "pid", "version", "fixtures", "seed"]


def test_every_setting_is_in_the_table_with_its_default() -> None:
    table = dict(re.findall(r"^\| `(--[\w-]+)` (\|.*)$", TEXT, re.MULTILINE))
    assert sorted(table) == sorted(flag(row.name) for row in rows())
    for row in rows():
        shown = table[flag(row.name)]
        assert f"`{variable(row.name)}`" in shown
        assert f"| `{row.default}` |" in shown or not row.default


def test_every_kind_of_fault_is_in_the_table() -> None:
    assert table("When things go wrong") == sorted(["type", *FAULT_TYPES])


def test_every_delivery_action_is_in_the_table() -> None:
    assert table("Webhooks") == sorted(["type", *ACTIONS])


@pytest.mark.external
@pytest.mark.parametrize("snippet", CURL)
def test_curl_snippets_are_answered(snippet: str, serve: Callable[..., Server]) -> None:
    url = serve().url
    command = snippet.replace("http://127.0.0.1:4242", url).replace("curl ", "curl -sS -i ")
    done = subprocess.run(
        ["bash", "-ec", command], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    statuses = [int(each) for each in re.findall(r"HTTP/1.1 (\d+)", done.stdout)]
    expected = {
        "is_mutted": [400],
        "revoked_": [401],
        "-X DELETE": [204, 200],
        "/snapshots/": [200, 200],
        "Prefer: code": [503, 404],
        "/_sandbox/faults": [201],
        "/_sandbox/bots": [200, 200, 200],
        "/_sandbox/webhooks --json": [201],
        "/webhooks/rules": [200, 200],
        "/simulate/message": [201, 200],
        "/inbox/by-hand": [200, 200],
        "/_sandbox/": [200],
        "/s/signup": [200],
        "-F": [201],
    }
    wanted = next((value for words, value in expected.items() if words in snippet), None)
    assert [s for s in statuses if s != 100] == (wanted or [200 if "?limit" in snippet else 201])
    quoted = re.findall(r"^> (.*)$", TEXT, re.MULTILINE)
    if "is_mutted" in snippet:
        assert json.loads(done.stdout.splitlines()[-1])["message"] == quoted[0]


SUITE = """
import os

def test_the_variables_are_set():
    assert os.environ["PROTOCOL_API_BASE_URL"] == os.environ["MOCKSERVER_URL"] + "/v1"
    assert os.environ["MOCKSERVER_TOKEN"]
"""


def test_our_own_commands_run(tmp_path: Path, mockserver_command: str, server: Server) -> None:
    variables = {"MOCKSERVER_PORT": "0", "MOCKSERVER_URL": server.url}
    (tmp_path / "test_variables.py").write_text(SUITE)
    shutil.copy(ROOT / "tests/checks/client/client.py", tmp_path)
    lines = [line for snippet in OWN for line in snippet.splitlines()]
    for line in [line.replace("http://127.0.0.1:4242", server.url) for line in lines]:
        with (
            listening(Receiver()) as url,
            shell(
                f"exec {line.replace('http://127.0.0.1:8000/webhooks', url)}",
                tmp_path,
                mockserver_command,
                **variables,
            ) as process,
        ):
            if line.startswith("mockserver serve"):
                assert process.stdout
                assert json.loads(process.stdout.readline())["event"] == "ready"
                process.terminate()
            out, _ = process.communicate(timeout=120)
            assert process.returncode == 0, (line, out)
    assert (tmp_path / "big.json").is_file()
    assert (tmp_path / "after.json").is_file()
    assert (tmp_path / "webhook.xml").is_file()
    assert (tmp_path / "client.xml").is_file()
    assert json.loads((tmp_path / "openapi.json").read_bytes())["openapi"] == "3.1.0"
    assert (tmp_path / "api.xml").is_file()


@pytest.mark.parametrize("snippet", EVAL)
def test_the_shell_has_the_variables(
    snippet: str, tmp_path: Path, mockserver_command: str, server: Server
) -> None:
    line = f"{snippet}echo $MOCKSERVER_URL $MOCKSERVER_TOKEN"
    with shell(line, tmp_path, mockserver_command, MOCKSERVER_URL=server.url) as process:
        out, _ = process.communicate(timeout=60)
    assert out == f"{server.url} sandbox_signup\n"


def shell(
    line: str, folder: Path, mockserver_command: str, **variables: str
) -> subprocess.Popen[str]:
    """A shell in this folder, which finds our command."""
    found = f"{Path(mockserver_command).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.Popen(
        ["sh", "-ec", line],
        cwd=folder,
        env={**os.environ, "PATH": found, **variables},
        stdout=subprocess.PIPE,
        text=True,
    )
