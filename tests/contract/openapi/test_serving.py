"""Where the documents and the API page are served and printed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from mockserver.cli import main
from mockserver.contract.openapi.document import document
from mockserver.contract.openapi.sdk import sdk_document
from mockserver.server import Server
from mockserver.settings import Settings
from mockserver.web.control.routes import build_openapi

if TYPE_CHECKING:
    from tests.conftest import Client

JSON = "application/json"


@pytest.fixture
def run(mockserver_command: str) -> Callable[..., bytes]:
    def ran(*arguments: str) -> bytes:
        return subprocess.run(
            [mockserver_command, "openapi", *arguments], check=True, capture_output=True, timeout=60
        ).stdout

    return ran


def test_the_document_names_the_server_that_serves_it(client: Client) -> None:
    response = client.get("/openapi.json")
    assert response.headers["Content-Type"] == JSON
    assert response.json == document(client.url)
    other = client.url.replace("127.0.0.1", "localhost")
    assert client.get("/openapi.json", headers={"Host": other.removeprefix("http://")}).json[
        "servers"
    ][0] == {"url": f"{other}/v1", "description": "This sandbox."}


def test_the_document_for_generators_is_a_parameter_away(client: Client) -> None:
    response = client.get("/openapi.json?for=sdk")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.json == sdk_document(client.url)


@pytest.mark.parametrize("value", ["skd", "SDK", ""])
def test_other_readers_are_refused(client: Client, value: str) -> None:
    message = f"for: must be 'sdk' or left out, not '{value}'"
    client.get(f"/openapi.json?for={value}").refused(400, message)


def test_control_api_has_a_separate_document(client: Client) -> None:
    assert client.get("/_sandbox/openapi.json").json == build_openapi(client.url)


def test_any_origin_may_read_the_document_without_a_token(client: Client) -> None:
    origin = {"Authorization": "", "Origin": "http://elsewhere.test"}
    response = client.get("/openapi.json", headers=origin)
    assert response.status == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_document_supports_get_and_head_only(client: Client) -> None:
    response = client("HEAD", "/openapi.json")
    assert (response.status, response.data) == (200, b"")
    client.post("/openapi.json").refused(405)
    client.get("/openapi.json?x=1")
    client.get("/openapi.jsonx").refused(404)


def test_document_is_public_but_not_the_control_apis(
    serve: Callable[..., Server], client: Client
) -> None:
    client.url = serve(Settings(token=("s3cret",))).url
    assert client.get("/openapi.json").status == 200
    assert client.get("/docs").status == 200
    client.get("/_sandbox/openapi.json").refused(401)
    assert client.get("/_sandbox/openapi.json", token="s3cret").status == 200


def test_document_request_opens_no_sandbox(client: Client) -> None:
    client.get("/openapi.json")
    client.get("/docs")
    assert client.get("/_sandbox/requests").json["data"] == []


def test_openapi_modules_are_not_imported_at_startup() -> None:
    code = (
        "import sys; from mockserver.web.app import create_app; create_app();"
        "print([m for m in sys.modules if m.startswith(('mockserver.contract',"
        " 'mockserver.web.docs', 'flask_swagger_ui', 'mockserver.web.pages'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


# the command line


def test_the_command_prints_what_a_server_serves(run: Callable[..., bytes], client: Client) -> None:
    assert json.loads(run("--url", client.url)) == client.get("/openapi.json").json
    sdk = json.loads(run("--sdk", "--url", client.url))
    assert sdk == client.get("/openapi.json?for=sdk").json
    control = json.loads(run("--control", "--url", client.url))
    assert control == client.get("/_sandbox/openapi.json").json


def test_document_bytes_are_reproducible(
    run: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = set()
    for seed in ("1", "2"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        printed |= {run(), run("--control"), run("--sdk")}
    assert len(printed) == 3


def test_command_writes_a_file(run: Callable[..., bytes], tmp_path: Path) -> None:
    assert run("--strict", "-o", str(tmp_path / "openapi.json")) == b""
    written: Any = json.loads((tmp_path / "openapi.json").read_text(encoding="utf-8"))
    assert written == document("http://127.0.0.1:4242", strict=True)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--control", "--strict"], "only one of --control, --sdk and --strict"),
        (["--sdk", "--strict"], "only one of --control, --sdk and --strict"),
        (["-o", "/nowhere/openapi.json"], "cannot write"),
        (["--url", "nonsense"], "http"),
    ],
)
def test_command_rejects_meaningless_options(arguments: list[str], text: str) -> None:
    done = CliRunner().invoke(main, ["openapi", *arguments])
    assert (done.exit_code, done.stdout) == (2, "")
    assert text in done.stderr
