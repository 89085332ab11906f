"""Requests and changes in lines that people read: in failures and in reports."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

WIDE = 160
"""Most characters of a value that is shown among others."""


def request_line(entry: Mapping[str, Any], refusal: str = "") -> str:
    """``req_2 POST /v1/messages?a=b 400 0.4 ms: why it was refused; faults: [...]``"""
    query = "&".join(f"{name}={value}" for name, value in entry["query"].items())
    target = f"{entry['path']}?{query}" if query else entry["path"]
    status = entry["status"] or "no answer"
    line = f"{entry['id']} {entry['method']} {target} {status} {entry['ms']:.1f} ms"
    if refusal:
        line += f": {refusal}"
    if entry["faults"]:
        line += f"; faults: {shown(entry['faults'])}"
    return line


def missed(name: str, wanted: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[str]:
    """Which requests were wanted of a sandbox, how many there were, and which came nearest."""
    yield f"the sandbox '{name}' was not asked as wanted"
    yield f"wanted: {shown(wanted) if wanted else 'a request'}"
    yield f"was: {answer['count']} ({', '.join(answer['requests'][: WIDE // 8]) or 'none'})"
    for near in answer["nearest"]:
        yield f"near: {request_line(near['request'])}"
        yield from (f"  {difference}" for difference in near["differences"])


def refusal_of(entry: Mapping[str, Any]) -> str:
    """Why a request, told whole, was refused; empty where it was not."""
    body = entry["response"]["body"]
    return str(body.get("message", "")) if entry["status"] >= 400 and isinstance(body, dict) else ""


def change_line(change: Mapping[str, Any]) -> str:
    """``updated message ID: text: "a" -> "b"``, or an object that was created or deleted."""
    head = f"{change['change']} {change['kind']} {change['id']}"
    if "attributes" not in change:
        return f"{head}: {shown(change['object'])}"
    steps = [
        f"{name}: {shown(step['before'])} -> {shown(step['after'])}"
        for name, step in change["attributes"].items()
    ]
    return f"{head}: {', '.join(steps)}"


def shown(value: Any, wide: int = WIDE) -> str:
    """A value as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= wide else f"{text[:wide]}… ({len(text)} characters)"
