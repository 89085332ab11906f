"""Every snippet of the README and the guide runs, and shows what it says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mockserver import MockServer
from mockserver.resources.registry import ResourceRegistry
from mockserver.seeding.load import Loader
from mockserver.server import Server
from tests.checks.webhook.receivers import Receiver, listening
from tests.guide.conftest import Run
from tests.guide.snippets import ROOT, Document, Snippet, all_snippets, documents

SHELL = all_snippets("sh")
CURL = [snippet for snippet in SHELL if snippet.code.startswith("curl")]
INSTALL = [snippet for snippet in SHELL if "install" in snippet.attributes]
FILES = [snippet for snippet in SHELL if "file" in snippet.attributes]
#: Commands that run in the foreground until they end, or until the test stops them.
COMMANDS = [
    snippet
    for snippet in SHELL
    if snippet.code.startswith("mockserver") and "check api" not in snippet.code
]
#: Commands that other tests run, with the files of their page.
RECIPES = (
    *("node --test", "npx", "npm", "test_page.py", "bash check.sh", "check api"),
    'eval "$(mockserver env',
)
JSON_KINDS = {"fixtures", "bots-script", "ready", "example"}


def test_every_snippet_is_of_a_kind_that_a_test_runs() -> None:
    for document in documents():
        for snippet in document.snippets:
            if snippet.filename or snippet.language in ("python", "text"):
                continue
            if snippet.language == "json":
                assert JSON_KINDS & set(snippet.attributes), snippet
                continue
            assert snippet.language == "sh", snippet
            is_recipe = any(words in snippet.code for words in RECIPES)
            assert snippet in [*CURL, *INSTALL, *FILES, *COMMANDS] or is_recipe, snippet


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 250


def test_the_first_two_commands_are_those_that_ci_runs() -> None:
    install, run = INSTALL[1].code.strip().split(" && ")[1:]
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert [snippet.document for snippet in INSTALL[:2]] == ["README.md"] * 2
    assert install.removeprefix(".venv/bin/pip") in ci
    assert run.replace(".venv/bin/pytest", '"$venv/bin/pytest"') in ci


@pytest.mark.parametrize("document", documents(), ids=lambda document: document.name)
def test_relative_links_lead_to_files(document: Any) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.text):
        assert ((ROOT / document.name).parent / target).exists(), target


@pytest.mark.parametrize("snippet", all_snippets("python"), ids=str)
def test_a_python_snippet_runs(snippet: Snippet) -> None:
    exec(compile(snippet.code, str(snippet), "exec"), {})


@pytest.mark.parametrize("snippet", all_snippets("json"), ids=str)
def test_a_json_snippet_is_accepted(snippet: Snippet) -> None:
    document = json.loads(snippet.code)
    if "fixtures" in snippet.attributes:
        world = Loader(ResourceRegistry()).load_document(document, source=str(snippet), seed="0")
        assert len(world["contact"]) == 1
    elif "bots-script" in snippet.attributes:
        with MockServer() as server, server.sandbox("bots", clock="frozen") as sandbox:
            sandbox.bots.start(document)
            sandbox.clock.advance(86_400)
            names = {entry["name"] for entry in sandbox.bots.transcript()}
        assert {person["username"] for person in document["people"]} <= names
    elif "ready" in snippet.attributes:
        assert list(document) == ["event", "url", "port", "pid", "version", "fixtures", "seed"]


@pytest.mark.parametrize(
    "snippet", [snippet for snippet in SHELL if snippet.code.startswith("eval")], ids=str
)
def test_env_sets_the_variables(snippet: Snippet, run: Run, server: Server) -> None:
    line = f"{snippet.code}echo $MOCKSERVER_URL $MOCKSERVER_TOKEN"
    assert run(line, MOCKSERVER_URL=server.url).stdout == f"{server.url} sandbox_signup\n"


@pytest.mark.external
@pytest.mark.parametrize("snippet", CURL, ids=str)
def test_a_curl_snippet_gets_its_statuses(snippet: Snippet, serve: Callable[..., Server]) -> None:
    url = serve().url
    command = snippet.code.replace("http://127.0.0.1:4242", url).replace("curl ", "curl -sS -i ")
    done = subprocess.run(
        ["bash", "-ec", command], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    statuses = [status for status in re.findall(r"HTTP/1.1 (\d+)", done.stdout) if status != "100"]
    expected = snippet.attributes.get("status", ",".join(["200"] * command.count("curl ")))
    assert ",".join(statuses) == expected
    quotes = re.findall(r"^> (.*)$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    if "is_mutted" in command:
        assert json.loads(done.stdout.splitlines()[-1])["message"] == quotes[0]


@pytest.mark.parametrize("snippet", FILES, ids=str)
def test_the_files_of_a_page_run(snippet: Snippet, run: Run, tmp_path: Path) -> None:
    page_of(snippet).write(tmp_path)
    runner, _, arguments = snippet.code.strip().partition(" ")
    assert runner in ("pytest", "python"), snippet
    command = f"{sys.executable} {'-m pytest ' if runner == 'pytest' else ''}{arguments}"
    done = run(command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"[1-9] passed|Ran [1-9]", done.stdout + done.stderr)


@pytest.mark.parametrize("snippet", COMMANDS, ids=str)
def test_a_command_succeeds(
    snippet: Snippet, run: Run, tmp_path: Path, server: Server, mockserver_command: str
) -> None:
    write_what_commands_need(snippet, tmp_path)
    for line in snippet.code.replace("\\\n", "").splitlines():
        with listening(Receiver()) as receiver:
            line = line.replace("http://127.0.0.1:4242", server.url)
            line = line.replace("http://127.0.0.1:8000/webhooks", receiver)
            if line.startswith("mockserver serve"):
                assert serves(line.replace("mockserver", mockserver_command, 1), tmp_path)
            elif not any(words in line for words in RECIPES):
                done = run(line, MOCKSERVER_URL=server.url)
                assert done.returncode == 0, (line, done.stdout, done.stderr)


def page_of(snippet: Snippet) -> Document:
    """Return the document that the snippet is from."""
    (page,) = (document for document in documents() if document.name == snippet.document)
    return page


def write_what_commands_need(snippet: Snippet, folder: Path) -> None:
    """Write the files of the page, and those that the commands of the guide name."""
    page_of(snippet).write(folder)
    client = ROOT / "tests" / "checks" / "client" / "client.py"
    (folder / "client.py").write_text(client.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "test_page.py").unlink(missing_ok=True)  # needs a browser
    # The page's settings are not for a server that runs already.
    (folder / "conftest.py").unlink(missing_ok=True)
    for name in ("after.json", "big.json"):
        empty = (ROOT / "fixtures" / "empty.json").read_text(encoding="utf-8")
        (folder / name).write_text(empty, encoding="utf-8")


def serves(line: str, folder: Path) -> bool:
    """Run a ``serve`` command until it is ready, then stop it."""
    line = re.sub(r"--host \S+ --port \d+", "", line) + " --port 0"
    with subprocess.Popen(
        ["sh", "-ec", f"exec {line}"],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        process.terminate()
        return bool(ready["event"] == "ready" and process.wait(timeout=30) == 0)
