"""Many sandboxes of one server, all busy at once: each answers as it would alone."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection

import pytest
from werkzeug.test import run_wsgi_app

from mockserver.web.app import create_app
from mockserver.web.application import Application
from tests.conftest import Answer
from tests.promises.hostile import Hostile
from tests.promises.session import Session

SANDBOXES = 64
OPERATIONS = 200


@pytest.fixture
def port(mockserver_command: str) -> Iterator[int]:
    """The port of a server in a process of its own: it need not share its interpreter with us."""
    command = [mockserver_command, "serve", "--port", "0", "--log-level", "error"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        yield json.loads(process.stdout.readline())["port"]
        process.terminate()


def over_a_socket(port: int, sandbox: str) -> list[str]:
    """The transcript of a session over one connection."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:

        def send(method: str, path: str, body: bytes | None, content_type: str | None) -> Answer:
            headers = {"Authorization": f"Bearer sandbox_{sandbox}"}
            if content_type is not None:
                headers["Content-Type"] = content_type
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())

        return Session(send, sandbox).play(OPERATIONS)


def inside(app: Application, sandbox: str) -> list[str]:
    """The transcript of the same session without a socket, which takes a third of the time."""

    def send(method: str, path: str, body: bytes | None, content_type: str | None) -> Answer:
        place, _, query = path.partition("?")
        headers = [("Authorization", f"Bearer sandbox_{sandbox}")]
        if content_type is not None:
            headers.append(("Content-Type", content_type))
        request = Hostile(method, place.encode(), query.encode(), tuple(headers), body or b"")
        answer, status, given = run_wsgi_app(app, request.environ(), buffered=True)
        return Answer(int(status[:3]), given, b"".join(answer))

    return Session(send, sandbox).play(OPERATIONS)


def test_sixty_four_busy_sandboxes_answer_as_they_do_one_after_the_other(port: int) -> None:
    names = [f"busy{number}" for number in range(SANDBOXES)]
    with ThreadPoolExecutor(SANDBOXES) as pool:
        together = list(pool.map(lambda name: over_a_socket(port, name), names))
    another = create_app()
    for name, transcript in zip(names, together, strict=True):
        assert transcript == inside(another, name)
    # What is compared is worth it: no two sessions are alike, and most of what they do is done.
    assert len({transcript[-1] for transcript in together}) == SANDBOXES
    statuses = Counter(line.split()[2] for transcript in together for line in transcript)
    assert statuses.keys() == {"200", "201", "204", "400", "404", "405", "409"}, statuses
    assert statuses["200"] + statuses["201"] + statuses["204"] > sum(statuses.values()) / 2
