"""A server in a separate process, so that client and server share no interpreter."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection

MOCKSERVER = "from mockserver.cli import main; main()"
#: Arguments of a server that logs little.
SERVE = ("serve", "--port", "0", "--log-level", "warning")


@contextmanager
def running(code: str, *arguments: str) -> Iterator[HTTPConnection]:
    """Run code that serves HTTP and prints its port in a line of JSON; connect to it."""
    command = [sys.executable, "-c", code, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None
            port = json.loads(process.stdout.readline())["port"]
            with closing(HTTPConnection("127.0.0.1", port)) as connection:
                yield connection
        finally:
            process.terminate()
