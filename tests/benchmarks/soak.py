"""A long, mixed and balanced load on one server, in this process: its memory as it goes on.

    python -m tests.benchmarks.soak REQUESTS

Sessions are played in new sandboxes, which are deleted when they end, and in one that stays, where
the data goes back to the start but journal and clock go on. One in eight is played over a socket.
Prints a line of JSON for each tenth: how many requests, how many of them over the socket, and, once
all sandboxes are deleted, the bytes that the process has and the blocks of memory that Python holds
in them. Of bytes some are holes, as many as the fullest moment left; blocks tell a leak exactly.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from contextlib import closing
from http.client import HTTPConnection
from itertools import count, cycle

from mockserver.server import Server
from mockserver.web.app import create_app
from tests.promises.sending import inside, over
from tests.promises.session import JSON, Session

OPERATIONS = 200
KEPT = b'{"only": ["data", "faults", "rate_limit"]}'


def memory() -> dict[str, int]:
    """What this process has, once garbage is gone."""
    gc.collect()
    with open("/proc/self/statm", encoding="ascii") as file:
        pages = int(file.read().split()[1])
    return {"bytes": pages * os.sysconf("SC_PAGE_SIZE"), "blocks": sys.getallocatedblocks()}


def soak(requests: int) -> None:
    app = create_app()
    control = inside(app, "control")
    done = {"inside": 0, "socket": 0}
    sessions = zip(count(), cycle(["socket"] + 7 * ["inside"]), strict=False)
    with Server(app) as server, closing(HTTPConnection(server.host, server.port)) as connection:
        for tenth in range(1, 11):
            for number, way in sessions:
                stays = number % 5 == 0
                name = "stays" if stays else f"{number}"
                token = f"sandbox_{name}"
                send = over(connection, token) if way == "socket" else inside(app, token)
                done[way] += len(Session(send, f"{number}").play(OPERATIONS)) + 1
                if stays:
                    send("POST", "/_sandbox/reset", KEPT, JSON)
                else:
                    send("DELETE", f"/_sandbox/sandboxes/{name}", None, None)
                if sum(done.values()) >= requests * tenth / 10:
                    break
            control("DELETE", "/_sandbox/sandboxes/stays", None, None)
            print(json.dumps({"requests": sum(done.values()), **done, **memory()}), flush=True)


if __name__ == "__main__":
    soak(int(sys.argv[1]))
