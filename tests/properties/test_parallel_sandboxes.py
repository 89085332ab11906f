"""Many busy sandboxes of one server each answer as they would alone."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from typing import cast

import pytest
from hypothesis import settings

from mockserver.web.app import create_app
from tests.properties.sending import over_socket, over_wsgi
from tests.properties.session import Session

SANDBOXES = 64


@pytest.fixture
def port(mockserver_command: str) -> Iterator[int]:
    """The port of a server in a separate process, which does not share this interpreter."""
    command = [mockserver_command, "serve", "--port", "0", "--log-level", "error"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        yield json.loads(process.stdout.readline())["port"]
        process.terminate()


def test_64_parallel_sandboxes_answer_like_sequential_ones(port: int) -> None:
    operations = cast(settings, settings.default).max_examples

    def together(name: str) -> list[str]:
        with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            return Session(over_socket(connection, f"sandbox_{name}"), name).play(operations)

    names = [f"busy{number}" for number in range(SANDBOXES)]
    with ThreadPoolExecutor(SANDBOXES) as pool:
        transcripts = list(pool.map(together, names))
    another = create_app()
    for name, transcript in zip(names, transcripts, strict=True):
        assert transcript == Session(over_wsgi(another, f"sandbox_{name}"), name).play(operations)
    # The sessions differ: nearly all end in a different state, and most requests succeed.
    # (Some end with a reset, and so with the initial state.)
    assert len({transcript[-1] for transcript in transcripts}) > SANDBOXES * 0.9
    statuses = Counter(line.split()[2] for transcript in transcripts for line in transcript)
    done, refused = ("200", "201", "204"), ("400", "404", "405", "409", "429", "503")
    assert statuses.keys() == {*done, *refused}, statuses
    assert sum(statuses[status] for status in done) > sum(statuses.values()) / 2, statuses
