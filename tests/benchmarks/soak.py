"""The memory of a server in this process under a long, mixed load.

    python -m tests.benchmarks.soak REQUESTS

Runs sessions in new sandboxes, which are deleted afterwards, and in one that stays: its data is
reset, its journal and clock are not. One session in eight runs over a socket. Prints a line of JSON
for each tenth: the number of requests, how many were over the socket and, with all sandboxes
deleted, the bytes of the process and the memory blocks of Python's objects. Bytes include freed
memory from the peak, so a leak shows in the blocks.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from contextlib import closing
from http.client import HTTPConnection
from itertools import count

from mockserver.server import Server
from mockserver.web.app import create_app
from mockserver.web.application import Application
from tests.properties.sending import over_socket, over_wsgi
from tests.properties.session import JSON, Session

OPERATIONS = 200
RESET = b'{"only": ["data", "faults", "rate_limit"]}'


def memory() -> dict[str, int]:
    """Return the memory of this process after a garbage collection."""
    gc.collect()
    with open("/proc/self/statm", encoding="ascii") as file:
        pages = int(file.read().split()[1])
    return {"bytes": pages * os.sysconf("SC_PAGE_SIZE"), "blocks": sys.getallocatedblocks()}


def session(app: Application, connection: HTTPConnection, number: int) -> tuple[str, int]:
    """Run a session; return how it was sent, and its number of requests."""
    stays = number % 5 == 0
    name = "stays" if stays else f"{number}"
    transport, send = "in_process", over_wsgi(app, f"sandbox_{name}")
    if number % 8 == 0:
        transport, send = "socket", over_socket(connection, f"sandbox_{name}")
    requests = len(Session(send, f"{number}").play(OPERATIONS))
    if stays:
        send("POST", "/_sandbox/reset", RESET, JSON)
    else:
        send("DELETE", f"/_sandbox/sandboxes/{name}", None, None)
    return transport, requests + 1


def soak(requests: int) -> None:
    app, numbers = create_app(), count()
    done = {"in_process": 0, "socket": 0}
    with Server(app) as server, closing(HTTPConnection(server.host, server.port)) as connection:
        for tenth in range(1, 11):
            while sum(done.values()) < requests * tenth / 10:
                transport, sent = session(app, connection, next(numbers))
                done[transport] += sent
            over_wsgi(app, "soak")("DELETE", "/_sandbox/sandboxes/stays", None, None)
            print(json.dumps({"requests": sum(done.values()), **done, **memory()}), flush=True)


if __name__ == "__main__":
    soak(int(sys.argv[1]))
