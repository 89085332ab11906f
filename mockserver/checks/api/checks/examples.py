"""The documented requests, on objects of our own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from mockserver.checks.api.api_client import MARK, ConformanceClient, endpoint_of
from mockserver.checks.api.bodies import form, multipart
from mockserver.checks.api.check import Check, holds, same
from mockserver.contract.examples import examples
from mockserver.resources.registry import VERBS

#: Free texts, which say of what we make that it is ours.
NAMES = ("username", "name", "message")
Pairs = list[tuple[str, str]]


def checks() -> Iterator[Check]:
    for name, example in examples().items():
        if example["request"]:
            path, verb = _operation(example["request"])
            rule = f"as documented: {name}"
            yield Check(endpoint_of(path, verb), rule, partial(_replay, example))


def _operation(request: dict[str, Any]) -> tuple[str, str]:
    _, _, path, *rest = request["path"].split("/")
    verbs = ("retrieve", "update", "delete") if rest else ("list", "create")
    return path, next(verb for verb in verbs if VERBS[verb] == request["method"])


def _replay(example: dict[str, Any], bench: ConformanceClient) -> None:
    """Send the request with our ids for the documented ones; what it says must come back."""
    request, (path, verb) = example["request"], _operation(example["request"])
    if verb == "list":
        return _listed(bench, path, dict(request["query"]))
    sent = [_ours(bench, name, value) for name, value in request.get("form", ())]
    if verb == "create":
        files = [
            (name, value.replace("../", f"../{MARK}-")) for name, value in request.get("files", ())
        ]
        body = multipart(files) if files else form(sent)
        shown = bench.post(path, body, dict(sent))
        if files:
            same("filename", shown["filename"], files[0][1].rpartition("/")[2])
    else:
        made = _MADE[path](bench)
        if verb == "delete":
            return bench.delete(path, made)
        shown = bench.put(path, made, form(sent)) if sent else bench.retrieve(path, made)
        same("id", shown.id, made)
    for name, value in sent:
        root, *inner = re.findall(r"[^\[\]]+", name)
        wanted: Any = [{inner[0]: [value]}] if inner else True if value == "true" else value
        same(root, shown[root], wanted)
    return None


def _ours(bench: ConformanceClient, name: str, value: str) -> tuple[str, str]:
    if name in NAMES:
        return name, f"{MARK} {value}"
    ids = {"contact_id": "contacts", "conversation_id": "conversations"}
    return name, _MADE[ids[name]](bench) if name in ids else value


def _listed(bench: ConformanceClient, path: str, query: dict[str, str]) -> None:
    if "conversation_id" in query:
        conversation, [message] = bench.messages(1)
        query["conversation_id"], wanted = conversation, message
        if path == "attachments":
            wanted = bench.upload(fields=[("message_id", message)]).id
        return same("the page", bench.ids(path, **query), [wanted])
    if "starting_after" in query:
        first = bench.conversation()
        query["starting_after"] = bench.conversation().id
        return holds(first.id in bench.ids(path, **query), "the page lacks the one before it")
    found = bench.page(path, **query)[1]
    return holds(len(found) <= int(query["limit"]), f"{len(found)} objects")


_MADE: dict[str, Callable[[ConformanceClient], str]] = {
    "contacts": lambda bench: bench.contact().id,
    "conversations": lambda bench: bench.conversation().id,
    "groups": lambda bench: bench.group().id,
    "messages": lambda bench: bench.message(bench.conversation().id).id,
    "attachments": lambda bench: bench.upload().id,
}
