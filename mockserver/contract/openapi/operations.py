"""The 25 operations: each resource's five."""

from __future__ import annotations

from typing import Any

from mockserver.contract.openapi import bodies, parameters, prose
from mockserver.contract.openapi.responses import GENERAL, JSON, WITH_BODY, errors, headers
from mockserver.contract.openapi.samples import Samples
from mockserver.contract.openapi.schemas import name_of, reference
from mockserver.resources.base import Resource
from mockserver.resources.registry import ResourceRegistry

Operation = dict[str, Any]


def paths(catalogue: ResourceRegistry) -> dict[str, Any]:
    """All of them, by path and method."""
    found: dict[str, Any] = {}
    samples = Samples()
    for resource in catalogue:
        operations = Operations(resource, samples)
        found[f"/{resource.path}"] = {"get": operations.list(), "post": operations.create()}
        found[f"/{resource.path}/{{id}}"] = {
            "parameters": [parameters.identifier(resource)],
            "get": operations.retrieve(),
            "put": operations.update(),
            "delete": operations.delete(),
        }
    return found


class Operations:
    """The operations of one resource."""

    def __init__(self, resource: Resource, samples: Samples) -> None:
        self.resource = resource
        self.samples = samples

    def list(self) -> Operation:
        answer = self._answer("list", 200, "A page of them, latest first.", "List")
        return {
            **self._told("list"),
            "parameters": parameters.of_list(self.resource),
            "responses": {**answer, **errors()},
        }

    def create(self) -> Operation:
        answer = self._answer("create", 201, f"The new {self.resource.kind}.")
        answer["201"]["headers"] = headers("Location", *GENERAL)
        answer["201"]["links"] = self._links()
        return {
            **self._told("create"),
            "requestBody": self._body("create"),
            "responses": {**answer, **errors(*WITH_BODY)},
        }

    def retrieve(self) -> Operation:
        answer = self._answer("retrieve", 200, f"The {self.resource.kind}.")
        return {**self._told("retrieve"), "responses": {**answer, **errors(404)}}

    def update(self) -> Operation:
        answer = self._answer("update", 200, f"The {self.resource.kind} as it is now.")
        return {
            **self._told("update"),
            "requestBody": self._body("update"),
            "responses": {**answer, **errors(404, *WITH_BODY)},
        }

    def delete(self) -> Operation:
        answer = {"204": {"description": "It is gone.", "headers": headers(*GENERAL)}}
        refused = (404, 409) if self.resource.kind == "contact" else (404,)
        return {**self._told("delete"), "responses": {**answer, **errors(*refused)}}

    def _told(self, verb: str) -> Operation:
        operation = f"{self.resource.path}.{verb}"
        summary, description = prose.operation(self.resource, verb)
        return {
            "operationId": operation,
            "tags": [self.resource.path],
            "summary": summary,
            "description": description,
        }

    def _answer(self, verb: str, status: int, description: str, suffix: str = "") -> Operation:
        content: Operation = {"schema": reference(name_of(self.resource) + suffix)}
        example = self.samples.answer(self.resource, verb)
        if example is not None:
            content["example"] = example
        return {
            str(status): {
                "description": description,
                "headers": headers(*GENERAL),
                "content": {JSON: content},
            }
        }

    def _body(self, verb: str) -> Operation:
        body = getattr(self.resource, f"{verb}_schema")
        name = name_of(self.resource) + verb.capitalize()
        return bodies.body(name, body, self.samples.given(self.resource, verb))

    def _links(self) -> Operation:
        """What may be done with what was created."""
        return {
            verb: {
                "operationId": f"{self.resource.path}.{verb}",
                "parameters": {"id": "$response.body#/id"},
            }
            for verb in ("retrieve", "update", "delete")
        }
