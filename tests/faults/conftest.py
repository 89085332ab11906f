"""Clients of different make, and what each makes of an answer that is none."""

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

GIVE_UP = 30.0
#: What each fault of the connection is to a client, in one word.
RESET, EMPTY, NO_HTTP, BROKEN_CHUNK, CUT = "reset", "empty", "no HTTP", "broken chunk", "cut"


@dataclass
class Seen:
    """What a client saw: an answer, or in which way there was none."""

    status: int | None = None
    headers: dict[str, str] | None = None
    text: str = ""
    failure: str | None = None

    @property
    def json(self) -> Any:
        return json.loads(self.text)


Make = Callable[[str, str, dict[str, str], str | None], Seen]


def by_http_client(method: str, url: str, headers: dict[str, str], body: str | None) -> Seen:
    parts = urlsplit(url)
    target = url[url.index(parts.netloc) + len(parts.netloc) :]
    connection = HTTPConnection(str(parts.hostname), parts.port, timeout=GIVE_UP)
    try:
        connection.request(method, target, body, headers)
        response = connection.getresponse()
        text = response.read().decode()
        lowered = {name.lower(): value for name, value in response.getheaders()}
        return Seen(response.status, lowered, text)
    except RemoteDisconnected:
        return Seen(failure=EMPTY)
    except ConnectionResetError:
        return Seen(failure=RESET)
    except BadStatusLine:
        return Seen(failure=NO_HTTP)
    except IncompleteRead as error:
        # A chunk without a size leaves nothing to expect; a length that is not met does.
        return Seen(failure=CUT if error.expected else BROKEN_CHUNK)
    finally:
        connection.close()


#: curl's exit codes (its manual, "EXIT CODES"); it tells the last two apart in words only.
CURL = {52: EMPTY, 1: NO_HTTP, 18: CUT}


def by_curl(method: str, url: str, headers: dict[str, str], body: str | None) -> Seen:
    command = ["curl", "-sS", "-i", "-X", method, "--max-time", str(GIVE_UP), url]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    command += [] if body is None else ["--data-raw", body]
    done = subprocess.run(command, capture_output=True, check=False, timeout=GIVE_UP * 2)
    if done.returncode == 56:
        return Seen(failure=RESET if b"reset" in done.stderr else BROKEN_CHUNK)
    if done.returncode:
        return Seen(failure=CURL[done.returncode])
    head, _, text = done.stdout.decode().partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    pairs = [line.split(": ", 1) for line in lines]
    return Seen(int(first.split()[1]), {name.lower(): value for name, value in pairs}, text)


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
#: What undici, which is behind Node's fetch, calls them.
NODE = {
    "ECONNRESET": RESET,
    "HPE_INVALID_CONSTANT": NO_HTTP,
    "HPE_INVALID_CHUNK_SIZE": BROKEN_CHUNK,
    "UND_ERR_RES_CONTENT_LENGTH_MISMATCH": CUT,
}


def by_node(method: str, url: str, headers: dict[str, str], body: str | None) -> Seen:
    given = json.dumps([method, url, headers, body])
    done = subprocess.run(
        ["node", "--input-type=module", "-e", SCRIPT, given],
        capture_output=True,
        check=True,
        timeout=GIVE_UP * 2,
    )
    told = json.loads(done.stdout)
    if "status" in told:
        return Seen(**told)
    if told["code"] == "UND_ERR_SOCKET" and told["message"] == "other side closed":
        return Seen(failure=EMPTY)
    return Seen(failure=NODE.get(told["code"], told["message"]))


@pytest.fixture(
    params=[
        pytest.param(by_http_client, id="http.client"),
        pytest.param(by_curl, id="curl", marks=pytest.mark.external),
        pytest.param(by_node, id="node", marks=pytest.mark.external),
    ]
)
def ask(request: pytest.FixtureRequest, client: Any) -> Callable[..., Seen]:
    """Ask the sandbox of ``client`` by one make of client."""
    make: Make = request.param

    def ask(method: str, path: str, json: Any = None) -> Seen:
        headers = {"Authorization": f"Bearer {client.token}"}
        body = None if json is None else dumps(json)
        if body is not None:
            headers["Content-Type"] = "application/json"
        return make(method, client.url + path, headers, body)

    return ask


def dumps(value: Any) -> str:
    return json.dumps(value)
