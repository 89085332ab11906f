"""Code in a process of its own that serves HTTP, so that client and server share no interpreter."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection

MOCKSERVER = "from mockserver.cli import main; main()"
#: What serves as quietly as it can.
SERVE = ("serve", "--port", "0", "--log-level", "warning")


@contextmanager
def running(code: str, *arguments: str) -> Iterator[HTTPConnection]:
    """A connection to the server that this code is; it tells its port as the ready line does."""
    command = [sys.executable, "-c", code, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None
            port = json.loads(process.stdout.readline())["port"]
            with closing(HTTPConnection("127.0.0.1", port)) as connection:
                yield connection
        finally:
            process.terminate()
