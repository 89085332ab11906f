"""`from mockserver import create_app`: the WSGI application."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask

from mockserver import create_app
from mockserver.seeding.load import FixtureError, read
from mockserver.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = {"Authorization": "Bearer any"}
BODY = {"username": "Marv", "phone_number": "1"}
HEAVY = ("flask", "werkzeug", "marshmallow", "faker", "mockserver.server", "orjson", "qs_codec")


def usernames(app: Flask) -> list[str]:
    page = app.test_client().get("/v1/contacts?limit=100", headers=TOKEN).get_json()
    return [item["username"] for item in page["data"]]


def test_the_default_fixtures_are_used() -> None:
    document = read("default")
    assert usernames(create_app()) == [
        contact["username"] for contact in reversed(document["contacts"])
    ]


def test_fixtures_are_a_name_a_file_or_a_document(tmp_path: Path) -> None:
    document = read("empty")
    document["contacts"][0]["username"] = "Own"
    file = tmp_path / "own.json"
    file.write_text(json.dumps(document))
    assert usernames(create_app(fixtures="empty")) == ["LinnieMcCallister"]
    assert usernames(create_app(fixtures=str(file))) == ["Own"]
    assert usernames(create_app(fixtures=file)) == ["Own"]
    assert usernames(create_app(fixtures=document)) == ["Own"]
    assert usernames(create_app(Settings(fixtures="empty"))) == ["LinnieMcCallister"]


def test_the_fixtures_argument_overrides_the_settings() -> None:
    app = create_app(Settings(fixtures="no such file"), fixtures="empty")
    assert usernames(app) == ["LinnieMcCallister"]


def test_invalid_fixtures_raise_an_error_with_all_problems() -> None:
    with pytest.raises(FixtureError, match="fixtures: 3 problems") as caught:
        create_app(fixtures={"contacts": []})
    assert caught.value.problems == [f"{name}: is required" for name in ("version", "now", "user")]


def test_a_given_document_is_not_modified() -> None:
    document = read("default")
    app = create_app(fixtures=document)
    app.test_client().post("/v1/contacts", json=BODY, headers=TOKEN)
    assert document == read("default")


def test_two_applications_are_isolated() -> None:
    first, second = create_app(), create_app()
    before = usernames(second)
    created = first.test_client().post("/v1/contacts", json=BODY, headers=TOKEN)
    assert created.status_code == 201
    assert usernames(first) == ["Marv", *before]
    assert usernames(second) == before
    # The id counters and the clock are separate too.
    assert second.test_client().post("/v1/contacts", json=BODY, headers=TOKEN).data == created.data


def test_settings_belong_to_one_application() -> None:
    strict, lax = create_app(Settings(token=("only",), allow_host=("a.test",))), create_app()
    assert lax.test_client().get("/v1/contacts", headers=TOKEN).status_code == 200
    assert strict.test_client().get("/v1/contacts", headers=TOKEN).status_code == 401
    for app, status in ((strict, 200), (lax, 421)):
        headers = {"Host": "a.test", "Authorization": "Bearer only"}
        response = app.test_client().get("/v1/contacts", headers=headers)
        assert response.status_code == status


def test_flask_runs_it(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "flask", "--app", "mockserver", "run", "--port", "0"]
    process = subprocess.Popen(
        words, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    with process:
        try:
            assert process.stderr
            lines = iter(process.stderr.readline, "")
            url = next(match[0] for line in lines if (match := re.search(r"http://\S+:\d+", line)))
            direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            request = urllib.request.Request(f"{url}/v1/contacts?limit=100", headers=TOKEN)
            with direct.open(request, timeout=30) as response:
                page = json.load(response)
        finally:
            process.kill()
    assert len(page["data"]) == len(read("default")["contacts"])


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("mockserver", HEAVY),  # loaded in every pytest run of its users, by the plugin
        ("mockserver.cli", HEAVY),  # so that --help, --version and usage errors are fast
        ("mockserver.web.app", ("faker",)),  # slower to import than everything else
    ],
)
def test_an_import_loads_nothing_heavy(module: str, absent: tuple[str, ...]) -> None:
    program = f"import sys, json, {module}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded: list[Any] = json.loads(done.stdout)
    assert module in loaded
    assert [name for name in absent if name in loaded] == []


def test_an_unknown_name_is_an_attribute_error() -> None:
    import mockserver

    with pytest.raises(AttributeError, match="module 'mockserver' has no attribute 'nothing'"):
        mockserver.nothing  # noqa: B018


@pytest.mark.parametrize("path", ["/v1/contacts", "/_sandbox/health", "/_sandbox", "/", "/nowhere"])
def test_several_processes_are_refused(path: str) -> None:
    environ = {"wsgi.multiprocess": True}
    response = create_app().test_client().get(path, headers=TOKEN, environ_overrides=environ)
    assert response.status_code == 503
    assert "'gunicorn --workers 1 --threads 8'" in response.get_json()["message"]
