"""The documented examples, converted to examples of OpenAPI operations."""

import re
from typing import Any

from mockserver.contract.examples import examples
from mockserver.contract.openapi.descriptions import TEXTS, article
from mockserver.resources.base import Resource
from mockserver.resources.messages import EmbeddedContactSchema


class Examples:
    """The documented request and response of each operation."""

    def __init__(self) -> None:
        self._examples = examples()

    def request(self, resource: Resource, verb: str) -> Any:
        """Return the request body as JSON."""
        request = self._find(resource, verb)["request"]
        return _as_json(request.get("form", request.get("files", ())))

    def response(self, resource: Resource, verb: str) -> Any:
        """Return the response body; a page has one object, since the others are abbreviated."""
        body = self._find(resource, verb)["response"]["body"]
        if verb == "list":
            return {"has_more": True, "data": [_complete(body["data"][0])]}
        return _complete(body)

    def event(self) -> Any:
        """Return the body of a ``message.updated`` delivery."""
        return self._examples["webhook body"]["response"]["body"]

    def _find(self, resource: Resource, verb: str) -> dict[str, Any]:
        if verb == "list":
            return self._examples[f"list {resource.path}"]
        verb = "send" if (resource.kind, verb) == ("message", "create") else verb
        return self._examples[f"{verb} {article(resource.kind)} {resource.kind}"]


def _complete(example: dict[str, Any]) -> dict[str, Any]:
    """Return an example in which every embedded contact has all attributes."""
    if "contacts" not in example:
        return example
    names, others = EmbeddedContactSchema().fields, TEXTS["members"]
    members = [contact | others[contact["username"]] for contact in example["contacts"]]
    members = [{name: member.get(name) for name in names} for member in members]
    return {**example, "contacts": members}


def _as_json(pairs: list[list[str]]) -> dict[str, Any]:
    """Return a documented form as JSON, with ``true`` and ``name[inner][]`` converted."""
    values: dict[str, Any] = {}
    for name, value in pairs:
        root, *inner = re.findall(r"[^\[\]]+", name)
        values[root] = {inner[0]: [value]} if inner else True if value == "true" else value
    return values
