"""A long, mixed and balanced load on one server, in this process: its memory as it goes on.

    python -m tests.benchmarks.soak REQUESTS

Sessions are played in new sandboxes, which are deleted when they end, and in one that stays, where
the data goes back to the start but journal and clock go on. One in eight is played over a socket.
Prints a line of JSON for each tenth: how many requests, how many of them over the socket, and the
bytes that the process has.
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


def resident() -> int:
    """The bytes of memory that this process has, once garbage is gone."""
    gc.collect()
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def soak(requests: int) -> None:
    app = create_app()
    done = {"inside": 0, "socket": 0}
    marks = (requests * tenth // 10 for tenth in range(1, 11))
    mark = next(marks)
    with Server(app) as server, closing(HTTPConnection(server.host, server.port)) as connection:
        ways = cycle(["socket"] + 7 * ["inside"])
        for number, way in zip(count(), ways):
            stays = number % 5 == 0
            token = f"sandbox_{'stays' if stays else number}"
            send = over(connection, token) if way == "socket" else inside(app, token)
            done[way] += len(Session(send, str(number)).play(OPERATIONS)) + 1
            if stays:
                send("POST", "/_sandbox/reset", KEPT, JSON)
            else:
                send("DELETE", f"/_sandbox/sandboxes/{number}", None, None)
            total = sum(done.values())
            if total >= mark:
                print(json.dumps({"requests": total, **done, "bytes": resident()}), flush=True)
                mark = next(marks, 0)
                if not mark:
                    return


if __name__ == "__main__":
    soak(int(sys.argv[1]))
