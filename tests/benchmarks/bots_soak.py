"""A cast that plays for months, and a user who answers now and then: memory as it goes on.

    python -m tests.benchmarks.bots_soak SCRIPT MONTHS

The clock is advanced by a day at a time. Prints a line of JSON for each month: how many acts there
were so far, how many objects the world has, and the bytes and blocks of this process.
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
    [document] = [one for one in box.bot_scripts() if one["name"] == script]
    # So many that each conversation is full before long: from there on, nothing may grow.
    box.start_bots({**document, "keep_messages": 50})
    acts = 0
    mine: list[str] = []
    for month in range(1, months + 1):
        for _ in range(MONTH):
            advanced = box.advance(DAY)
            acts += len(advanced["fired"]) + advanced["unlisted"]
            mine = answer(box, mine)
        objects = sum(box.overview()["counts"].values())
        told = {"month": month, "acts": acts, "objects": objects, **memory()}
        print(json.dumps(told), flush=True)


def answer(box: Any, mine: list[str]) -> list[str]:
    """Say something in each conversation of the day, and take back what was said the day before."""
    for message_id in mine:
        box.call("DELETE", f"/v1/messages/{message_id}")
    said = []
    for one in box.call("GET", "/v1/conversations?limit=20").json["data"]:
        body = {"conversation_id": one["id"], "message": "Is there any news?"}
        said.append(box.call("POST", "/v1/messages", json=body).json["id"])
    return said


if __name__ == "__main__":
    soak(sys.argv[1], int(sys.argv[2]))
