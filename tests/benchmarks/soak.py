"""A long, mixed and balanced load on one server, in this process: its memory as it goes on.

    python -m tests.benchmarks.soak REQUESTS

Sessions are played in new sandboxes, which are deleted when they end, and in one that stays, where
the data goes back to the start but journal and clock go on. One in eight is played over a socket.
Prints a line of JSON for each tenth: how many requests, how many of them over the socket, and, with
all sandboxes deleted, the bytes that the process has and the blocks that Python's objects take of
them. Some bytes are holes, which the fullest moment left; so it is the blocks that tell a leak.
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
from tests.properties.sending import inside, over
from tests.properties.session import JSON, Session

OPERATIONS = 200
KEPT = b'{"only": ["data", "faults", "rate_limit"]}'


def memory() -> dict[str, int]:
    """What this process has, once garbage is gone."""
    gc.collect()
    with open("/proc/self/statm", encoding="ascii") as file:
        pages = int(file.read().split()[1])
    return {"bytes": pages * os.sysconf("SC_PAGE_SIZE"), "blocks": sys.getallocatedblocks()}


def session(app: Application, connection: HTTPConnection, number: int) -> tuple[str, int]:
    """Play one session: which way it went, and how many requests it took."""
    stays = number % 5 == 0
    name = "stays" if stays else f"{number}"
    way, send = "inside", inside(app, f"sandbox_{name}")
    if number % 8 == 0:
        way, send = "socket", over(connection, f"sandbox_{name}")
    requests = len(Session(send, f"{number}").play(OPERATIONS))
    if stays:
        send("POST", "/_sandbox/reset", KEPT, JSON)
    else:
        send("DELETE", f"/_sandbox/sandboxes/{name}", None, None)
    return way, requests + 1


def soak(requests: int) -> None:
    app, numbers = create_app(), count()
    done = {"inside": 0, "socket": 0}
    with Server(app) as server, closing(HTTPConnection(server.host, server.port)) as connection:
        for tenth in range(1, 11):
            while sum(done.values()) < requests * tenth / 10:
                way, played = session(app, connection, next(numbers))
                done[way] += played
            inside(app, "soak")("DELETE", "/_sandbox/sandboxes/stays", None, None)
            print(json.dumps({"requests": sum(done.values()), **done, **memory()}), flush=True)


if __name__ == "__main__":
    soak(int(sys.argv[1]))
