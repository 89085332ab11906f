"""The memory of a sandbox in which bots write for months and the user responds now and then.

    python -m tests.benchmarks.bots_soak SCRIPT MONTHS

Advances the clock by a day at a time. Prints a line of JSON for each month: the number of actions
so far, the number of objects, and the bytes and memory blocks of this process.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from mockserver import MockServer
from tests.benchmarks.soak import memory

DAY, MONTH = 86_400, 30


def soak(script: str, months: int) -> None:
    box = MockServer(fixtures="empty").sandbox("soak", fixtures="empty", clock="frozen")
    [document] = [item for item in box.bots.scripts() if item["name"] == script]
    # Few enough that each conversation is soon full; then memory must not grow.
    box.bots.start({**document, "keep_messages": 50})
    actions = 0
    sent: list[str] = []
    for month in range(1, months + 1):
        for _ in range(MONTH):
            advanced = box.clock.advance(DAY)
            actions += len(advanced["fired"]) + advanced["unlisted"]
            sent = respond(box, sent)
        objects = sum(box.overview()["counts"].values())
        line = {"month": month, "actions": actions, "objects": objects, **memory()}
        print(json.dumps(line), flush=True)


def respond(box: Any, earlier: list[str]) -> list[str]:
    """Write a message in each recent conversation and delete those of the day before."""
    for message_id in earlier:
        box.call("DELETE", f"/v1/messages/{message_id}")
    sent = []
    for conversation in box.call("GET", "/v1/conversations?limit=20").json["data"]:
        body = {"conversation_id": conversation["id"], "message": "Is there any news?"}
        sent.append(box.call("POST", "/v1/messages", json=body).json["id"])
    return sent


if __name__ == "__main__":
    soak(sys.argv[1], int(sys.argv[2]))
