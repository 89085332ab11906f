"""Forms, ranges and credentials as widely used HTTP clients send them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockserver import MockServer
from mockserver.settings import Settings

if TYPE_CHECKING:
    from mockserver.server import Server
    from tests.external.conftest import Install

pytestmark = pytest.mark.external
SCRIPT = Path(__file__).with_name("clients") / "axios.cjs"
CONTENT = b"0123456789"
RANGE = {"Range": "bytes=2-5"}
NAMES = ("httpx", "requests", "aiohttp", "axios", "curl")


@dataclass(frozen=True)
class Task:
    """What each client sends: two files, a JSON part, a range and Basic credentials."""

    url: str
    token: str
    username: str = "Grüße"
    password: str = "pässword"
    filenames: Sequence[str] = ('Grüße "a".txt', "100%.txt")
    message: str = "SIuAFUNKdSYHZF2w"

    @property
    def reactions(self) -> dict[str, list[str]]:
        return {"red heart": ["Kate", "Büzz"]}

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def expected(self) -> dict[str, Any]:
        return {
            "filenames": list(self.filenames),
            "reactions": [self.reactions],
            "range": [206, "bytes 2-5/10", "2345"],
            "basic": 200,
        }


@pytest.fixture(scope="module")
def server(serve: Callable[..., Server]) -> Server:
    """A server that serves its files, and accepts only the tokens of these tests."""
    tokens = (Task("", "").username, *(f"sandbox_{name}" for name in NAMES))
    return serve(Settings(assets="local", token=tokens))


@pytest.fixture
def task(server: Server) -> Callable[[str], Task]:
    return lambda name: Task(server.url, f"sandbox_{name}")


def test_httpx_is_understood(task: Callable[[str], Task]) -> None:
    httpx: Any = import_module("httpx")
    sent = task("httpx")
    part = {"reactions": (None, json.dumps(sent.reactions), "application/json")}
    with httpx.Client(base_url=sent.url, headers=sent.headers, trust_env=False) as client:
        uploads = [
            client.post("/v1/attachments", files={"file": (name, CONTENT, "text/plain")}).json()
            for name in sent.filenames
        ]
        reacted = client.put(f"/v1/messages/{sent.message}", files=part).json()
        file = client.get(uploads[0]["file_url"], headers=RANGE)
        basic = client.get("/v1/contacts", auth=(sent.username, sent.password))
    assert {
        "filenames": [upload["filename"] for upload in uploads],
        "reactions": reacted["reactions"],
        "range": [file.status_code, file.headers["Content-Range"], file.text],
        "basic": basic.status_code,
    } == sent.expected()


def test_requests_is_understood(task: Callable[[str], Task]) -> None:
    requests: Any = import_module("requests")
    sent = task("requests")
    part = {"reactions": (None, json.dumps(sent.reactions), "application/json")}
    with requests.Session() as session:
        session.trust_env = False
        session.headers.update(sent.headers)
        uploads = [
            session.post(
                f"{sent.url}/v1/attachments", files={"file": (name, CONTENT, "text/plain")}
            ).json()
            for name in sent.filenames
        ]
        reacted = session.put(f"{sent.url}/v1/messages/{sent.message}", files=part).json()
        file = session.get(uploads[0]["file_url"], headers=RANGE)
        # As text, requests would encode the username in Latin-1. It does so with the password.
        credentials = (sent.username.encode(), sent.password)
        basic = session.get(f"{sent.url}/v1/contacts", auth=credentials)
    assert {
        "filenames": [upload["filename"] for upload in uploads],
        "reactions": reacted["reactions"],
        "range": [file.status_code, file.headers["Content-Range"], file.text],
        "basic": basic.status_code,
    } == sent.expected()


def test_aiohttp_is_understood(task: Callable[[str], Task]) -> None:
    aiohttp: Any = import_module("aiohttp")
    sent = task("aiohttp")

    def form(name: str, *args: Any, **kwargs: Any) -> Any:
        data = aiohttp.FormData()
        data.add_field(name, *args, **kwargs)
        return data

    async def send() -> dict[str, Any]:
        auth = {"Authorization": aiohttp.encode_basic_auth(sent.username, sent.password)}
        async with aiohttp.ClientSession(sent.url, headers=sent.headers) as session:
            uploads = []
            for name in sent.filenames:
                data = form("file", CONTENT, filename=name, content_type="text/plain")
                async with session.post("/v1/attachments", data=data) as response:
                    uploads.append(await response.json())
            data = form("reactions", json.dumps(sent.reactions), content_type="application/json")
            async with session.put(f"/v1/messages/{sent.message}", data=data) as response:
                reacted = await response.json()
            async with session.get(uploads[0]["file_url"], headers=RANGE) as file:
                part = [file.status, file.headers["Content-Range"], await file.text()]
            async with session.get("/v1/contacts", headers=auth) as basic:
                return {
                    "filenames": [upload["filename"] for upload in uploads],
                    "reactions": reacted["reactions"],
                    "range": part,
                    "basic": basic.status,
                }

    assert asyncio.run(send()) == sent.expected()


def test_axios_is_understood(npm: Install, task: Callable[[str], Task]) -> None:
    sent = task("axios")
    result = subprocess.run(
        ["node", str(SCRIPT)],
        input=json.dumps({**asdict(sent), "reactions": sent.reactions}),
        env={**os.environ, "NODE_PATH": str(npm("axios@1") / "node_modules")},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(result.stdout) == sent.expected()


def test_curl_is_understood(task: Callable[[str], Task], tmp_path: Path) -> None:
    sent = task("curl")
    file = tmp_path / "file"
    file.write_bytes(CONTENT)
    bearer = ["-H", f"Authorization: Bearer {sent.token}"]

    def curl(*arguments: str) -> str:
        command = ["curl", "-sS", "--noproxy", "*", *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, timeout=60, check=True
        ).stdout

    def upload(name: str) -> Any:
        quoted = name.replace('"', '\\"')
        form = f'file=@{file};filename="{quoted}";type=text/plain'
        return json.loads(curl(*bearer, "-F", form, f"{sent.url}/v1/attachments"))

    uploads = [upload(name) for name in sent.filenames]
    part = f"reactions={json.dumps(sent.reactions)};type=application/json"
    url = f"{sent.url}/v1/messages/{sent.message}"
    reacted = json.loads(curl(*bearer, "-X", "PUT", "-F", part, url))
    template = "\n%{http_code}\n%header{content-range}"
    content, status, content_range = curl(
        "-r", "2-5", "-w", template, uploads[0]["file_url"]
    ).split("\n")
    user = f"{sent.username}:{sent.password}"
    basic = curl("-u", user, "-o", os.devnull, "-w", "%{http_code}", f"{sent.url}/v1/contacts")
    assert {
        "filenames": [upload["filename"] for upload in uploads],
        "reactions": reacted["reactions"],
        "range": [int(status), content_range, content],
        "basic": int(basic),
    } == sent.expected()


@pytest.mark.parametrize("base_url", ["http://testserver", "https://api.protocol.chat"])
def test_httpx_calls_a_sandbox_without_a_socket(base_url: str) -> None:
    httpx: Any = import_module("httpx")
    with MockServer(assets="local").sandbox("hotel") as sandbox:
        transport = httpx.WSGITransport(app=sandbox.app)
        with httpx.Client(transport=transport, base_url=base_url) as client:
            upload = client.post("/v1/attachments", files={"file": ("a.txt", CONTENT)})
            assert upload.status_code == 201
            url = upload.json()["file_url"]
            assert url.startswith(f"{base_url}/_assets/hotel/")
            assert client.get(url).content == CONTENT
