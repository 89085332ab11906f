"""`mockserver check api` finds no drift in this server, finds each mutant, touches nothing else."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from mockserver.checks.api.checks import endpoints
from mockserver.checks.api.runner import report
from mockserver.server import Server
from mockserver.settings import Settings
from mockserver.web.app import create_app
from tests.checks.api.mutants import MUTATIONS, Middleware, run_in_process
from tests.guide.snippets import guide_page


def check_api(command: str, url: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [command, "check", "api", url, "--token", "sandbox_check", *options],
        capture_output=True,
        text=True,
        timeout=120,
    )


def objects(client: Any) -> Any:
    """Return a sandbox's objects, without the sender's ``last_active_at``, which sending sets."""
    state = client.get("/_sandbox/state").json
    return {
        name: [{**item, "last_active_at": None} for item in value]
        for name, value in state.items()
        if isinstance(value, list)
    }


def test_this_server_has_no_drift_and_stays_unchanged(
    client: Any, mockserver_command: str, tmp_path: Path
) -> None:
    """This is the command of the guide."""
    checked = type(client)(client.url, "sandbox_check", client.pool)
    before = objects(checked)
    file = tmp_path / "check.xml"
    line = guide_page("checks").command("mockserver check api")
    for words, replacement in (
        ("mockserver", mockserver_command),
        ("http://127.0.0.1:4242", client.url),
        ("demo", checked.token),
        ("api.xml", file),
    ):
        assert words in line
        line = line.replace(words, str(replacement), 1)
    done = subprocess.run(
        [*shlex.split(line), "--json"], capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert (document["drift"], document["not_deleted"]) == (0, [])
    assert len(document["rows"]) > 120
    assert {row["verdict"] for row in document["rows"]} == {"ok"}
    assert {row["basis"] for row in document["rows"]} == {"documented", "decided"}
    assert objects(checked) == before
    suite = ElementTree.parse(file).getroot()
    assert suite.get("name") == "mockserver.check.api"
    assert (suite.get("tests"), suite.get("failures")) == (str(len(document["rows"])), "0")
    classes = {case.get("classname") for case in suite.iter("testcase")}
    assert classes == {"mockserver.check.api.documented", "mockserver.check.api.decided"}


def test_only_created_objects_are_changed_or_deleted() -> None:
    app = create_app()
    existing = {
        item["id"] for items in app.state().values() if isinstance(items, list) for item in items
    }
    middleware = Middleware(app)
    api = run_in_process(middleware)
    assert api.created.delete_all() == []
    changed = {
        path.split("/")[2] for method, path in middleware.requests if method in ("PUT", "DELETE")
    }
    assert changed
    assert changed & existing == set()


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutant_is_found_and_nothing_else(name: str) -> None:
    mutation = MUTATIONS[name]
    results = run_in_process(mutation.apply(create_app())).results
    assert "drift" in {result.verdict for result in results}
    for result in results:
        if result.verdict != "ok":
            assert mutation.word in result.where + result.expected + result.found, result


def test_the_table_shows_drift_and_counts_unclear_rows() -> None:
    app = MUTATIONS["null for a boolean"].apply(create_app())
    results = run_in_process(app, endpoints.checks()).results
    table = report("URL", [*results], [], show_all=False).to_table()
    assert "DRIFT" in table
    assert "unclear until" not in table
    assert table.endswith("unclear (--all shows them)")
    assert "unclear until" in report("URL", [*results], [], show_all=True).to_table()


def test_drift_is_exit_code_5_and_names_each_endpoint(mockserver_command: str) -> None:
    server = Server(MUTATIONS["400 for 404"].apply(create_app()))
    with server:
        done = check_api(mockserver_command, f"{server.url}/v1", "--only", "decided")
    assert (done.returncode, done.stderr) == (5, "")
    assert "  decided     DRIFT\n" in done.stdout or "  decided  DRIFT\n" in done.stdout
    assert "documented  " not in done.stdout
    assert "GET /contacts/:id returned 400" in done.stdout


def test_with_local_assets_only_their_urls_differ() -> None:
    results = run_in_process(create_app(Settings(assets="local"))).results
    drifts = [result for result in results if result.verdict == "drift"]
    assert drifts
    for result in drifts:
        assert "_url is 'http://127.0.0.1/_assets/" in result.found


@pytest.mark.parametrize("seconds", ["nan", "0"])
def test_a_timeout_must_be_a_positive_number(mockserver_command: str, seconds: str) -> None:
    done = check_api(mockserver_command, "http://127.0.0.1:9/v1", "--timeout", seconds)
    assert done.returncode == 2
    assert "--timeout" in done.stderr


@pytest.mark.parametrize(
    ("url", "code", "message"),
    [
        ("http://127.0.0.1:9", 2, "does not end in /v1; did you mean 'http://127.0.0.1:9/v1'?"),
        ("http://127.0.0.1:9/v1", 1, "no response from http://127.0.0.1:9/v1: no connection: "),
        ("ftp://127.0.0.1/v1", 2, "'ftp://127.0.0.1/v1' is not a base URL"),
    ],
)
def test_an_unusable_url_is_one_error(
    mockserver_command: str, url: str, code: int, message: str
) -> None:
    done = check_api(mockserver_command, url)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_an_invalid_token_is_an_error_and_no_drift(
    serve: Callable[..., Server], mockserver_command: str
) -> None:
    server = serve(Settings(token=("right",)))
    done = check_api(mockserver_command, f"{server.url}/v1")
    assert (done.returncode, done.stdout) == (1, "")
    assert "invalid token: GET " in done.stderr
    assert "401" in done.stderr
