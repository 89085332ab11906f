"""Different HTTP clients, and how each reports a broken response."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from http.client import (
    BadStatusLine,
    HTTPConnection,
    IncompleteRead,
    RemoteDisconnected,
)
from typing import Any
from urllib.parse import urlsplit

import pytest

TIMEOUT = 30.0
#: The ways in which a response can be broken.
RESET, EMPTY, NO_HTTP, BROKEN_CHUNK, CUT = "reset", "empty", "no HTTP", "broken chunk", "cut"


@dataclass
class Result:
    """What a client received: a response, or the way in which it was broken."""

    status: int | None = None
    headers: dict[str, str] | None = None
    text: str = ""
    failure: str | None = None

    @property
    def json(self) -> Any:
        return json.loads(self.text)


HttpClient = Callable[[str, str, dict[str, str], str | None], Result]


def use_http_client(method: str, url: str, headers: dict[str, str], body: str | None) -> Result:
    parts = urlsplit(url)
    target = url[url.index(parts.netloc) + len(parts.netloc) :]
    connection = HTTPConnection(str(parts.hostname), parts.port, timeout=TIMEOUT)
    try:
        connection.request(method, target, body, headers)
        response = connection.getresponse()
        text = response.read().decode()
        lower_headers = {name.lower(): value for name, value in response.getheaders()}
        return Result(response.status, lower_headers, text)
    except RemoteDisconnected:
        return Result(failure=EMPTY)
    except ConnectionResetError:
        return Result(failure=RESET)
    except BadStatusLine:
        return Result(failure=NO_HTTP)
    except IncompleteRead as error:
        # An invalid chunk has no expected size; a body shorter than its Content-Length has.
        return Result(failure=CUT if error.expected else BROKEN_CHUNK)
    finally:
        connection.close()


#: curl's exit codes (its manual, "EXIT CODES").
CURL = {52: EMPTY, 1: NO_HTTP, 18: CUT}


def use_curl(method: str, url: str, headers: dict[str, str], body: str | None) -> Result:
    command = ["curl", "-sS", "-i", "-X", method, "--max-time", str(TIMEOUT), url]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    command += [] if body is None else ["--data-raw", body]
    process = subprocess.run(command, capture_output=True, check=False, timeout=TIMEOUT * 2)
    if process.returncode == 56:
        return Result(failure=RESET if b"reset" in process.stderr else BROKEN_CHUNK)
    if process.returncode:
        return Result(failure=CURL[process.returncode])
    head, _, text = process.stdout.decode().partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    pairs = [line.split(": ", 1) for line in lines]
    return Result(int(first.split()[1]), {name.lower(): value for name, value in pairs}, text)


SCRIPT = """
const [method, url, headers, body] = JSON.parse(process.argv[1])
try {
  const answer = await fetch(url, {method, headers, body: body ?? undefined})
  const text = await answer.text()
  console.log(JSON.stringify({
    status: answer.status, headers: Object.fromEntries(answer.headers), text}))
} catch (error) {
  console.log(JSON.stringify({code: error.cause?.code, message: error.cause?.message}))
}
"""
#: The error codes of undici, which implements Node's fetch.
NODE = {
    "ECONNRESET": RESET,
    "HPE_INVALID_CONSTANT": NO_HTTP,
    "HPE_INVALID_CHUNK_SIZE": BROKEN_CHUNK,
    "UND_ERR_RES_CONTENT_LENGTH_MISMATCH": CUT,
}


def use_node(method: str, url: str, headers: dict[str, str], body: str | None) -> Result:
    arguments = json.dumps([method, url, headers, body])
    process = subprocess.run(
        ["node", "--input-type=module", "-e", SCRIPT, arguments],
        capture_output=True,
        check=True,
        timeout=TIMEOUT * 2,
    )
    result = json.loads(process.stdout)
    if "status" in result:
        return Result(**result)
    if result["code"] == "UND_ERR_SOCKET" and result["message"] == "other side closed":
        return Result(failure=EMPTY)
    return Result(failure=NODE.get(result["code"], result["message"]))


@pytest.fixture(
    params=[
        pytest.param(use_http_client, id="http.client"),
        pytest.param(use_curl, id="curl", marks=pytest.mark.external),
        pytest.param(use_node, id="node", marks=pytest.mark.external),
    ]
)
def ask(request: pytest.FixtureRequest, client: Any) -> Callable[..., Result]:
    """Send a request to the sandbox of ``client`` with one of the HTTP clients."""
    http_client: HttpClient = request.param

    def ask(method: str, path: str, json: Any = None) -> Result:
        headers = {"Authorization": f"Bearer {client.token}"}
        body = None if json is None else dumps(json)
        if body is not None:
            headers["Content-Type"] = "application/json"
        return http_client(method, client.url + path, headers, body)

    return ask


def dumps(value: Any) -> str:
    return json.dumps(value)
