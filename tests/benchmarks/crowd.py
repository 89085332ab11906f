"""Thousands of clients of a server, in a process of their own.

Run as ``python -m tests.benchmarks.crowd PORT``. Each line on its input makes the clients connect,
or disconnect. A line on its output tells that this is done: how many of the idle and waiting
clients were answered or closed.
"""

from __future__ import annotations

import itertools
import json
import socket
import sys
import threading
import time
from contextlib import ExitStack

SLOW, IDLE, PARKED = 2000, 5000, 512
POLL = json.dumps({"match": {"operation": "groups.delete"}, "timeout": 60}).encode()
PARK = (
    b"POST /_sandbox/requests/wait HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(POLL), POLL)
)
BYTE_INTERVAL = 4.0  # seconds between two bytes of a slow client
PARKING_TIME = 2.0  # seconds until the server has begun to wait for all requests


class Crowd:
    """Clients that are idle, that send a byte of a head now and then, or that wait for a reply."""

    def __init__(self, port: int, stack: ExitStack) -> None:
        self.port = port
        self.stack = stack
        self.idle = [self.connect() for _ in range(IDLE)]
        self.parked = [self.connect() for _ in range(PARKED)]
        for client in self.parked:
            client.sendall(PARK)
        self.slow = [self.connect() for _ in range(SLOW)]
        self.stopped = threading.Event()
        sender = threading.Thread(target=self.send_slowly)
        stack.callback(sender.join)
        stack.callback(self.stopped.set)
        sender.start()

    def connect(self) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self.port))
        return self.stack.enter_context(client)

    def send_slowly(self) -> None:
        for position in itertools.cycle(range(SLOW)):
            client = self.slow[position]
            try:
                client.sendall(b"G")
            except OSError:  # the head took longer than its deadline
                client.close()
                self.slow[position] = self.connect()
            if self.stopped.wait(BYTE_INTERVAL / SLOW):
                return

    def served(self) -> int:
        """Return how many idle or waiting clients were answered or closed."""
        count = 0
        for client in (*self.idle, *self.parked):
            client.setblocking(False)
            try:
                client.recv(1)
                count += 1
            except BlockingIOError:
                pass
        return count


def main(port: int) -> None:
    while sys.stdin.readline():
        with ExitStack() as stack:
            crowd = Crowd(port, stack)
            time.sleep(PARKING_TIME)
            print(0, flush=True)
            sys.stdin.readline()
            count = crowd.served()
        print(count, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
