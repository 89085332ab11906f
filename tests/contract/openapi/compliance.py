"""Checks every response of the applications in this process against the strict document.

Responses that a fault modified or replaced are skipped.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import jsonschema_rs
import orjson
from flask import Response

from mockserver.contract.openapi.document import document as build_document
from mockserver.contract.openapi.responses import errors
from mockserver.web.hooks import Hooks, is_api
from mockserver.web.request import Request, current_request

#: Headers of HTTP, CORS and the server; all others must be documented.
STANDARD = {"content-type", "content-length", "allow", "vary", "preference-applied"}
CORS = "access-control-"
#: Statuses of requests to an unknown path, or with an unknown method.
NOWHERE = errors(404) | {"405": errors()["400"]}


@dataclass
class Compliance:
    """The document, its validators (created on demand), and the problems found."""

    document: dict[str, Any] = field(
        default_factory=lambda: build_document("http://x", strict=True)
    )
    violations: list[str] = field(default_factory=list)
    _validators: dict[str, Any] = field(default_factory=dict)
    _header_names: dict[int, tuple[set[str], dict[str, str]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._operations = {
            operation["operationId"]: operation
            for item in self.document["paths"].values()
            for operation in item.values()
            if isinstance(operation, dict)
        }

    def check(self, call: Request, response: Response) -> None:
        """Record the problems of a response. Thread-safe."""
        if not is_api(call.path) or call.method == "OPTIONS" or call.injection:
            return
        problems = self._problems(call, response)
        if problems:
            where = f"{call.method} {call.full_path} -> {response.status_code}"
            with self._lock:
                self.violations += [f"{where}: {problem}" for problem in problems]

    def taken(self) -> list[str]:
        """Return the problems found since the last call."""
        with self._lock:
            violations, self.violations = self.violations, []
        return violations

    def _problems(self, call: Request, response: Response) -> list[str]:
        status = str(response.status_code)
        operation = self._operations.get(call.operation)
        documented_responses = operation["responses"] if operation else NOWHERE
        documented = self._resolve(documented_responses.get(status))
        if documented is None:
            return [f"the document has no such status for {call.operation or 'no operation'}"]
        return [
            *self._headers(documented, response),
            *self._body(documented, response, call.method),
        ]

    def _resolve(self, documented: Any) -> Any:
        if documented and "$ref" in documented:
            return self.document["components"]["responses"][documented["$ref"].rpartition("/")[2]]
        return documented

    def _headers(self, documented: dict[str, Any], response: Response) -> list[str]:
        if id(documented) not in self._header_names:  # the document outlives the ids
            headers = self.document["components"]["headers"]
            known = {name.lower() for name in documented["headers"]} | STANDARD
            required = {
                name.lower(): name
                for name in documented["headers"]
                if headers[name].get("required")
            }
            self._header_names[id(documented)] = known, required
        known, required = self._header_names[id(documented)]
        present = {name.lower() for name, _ in response.headers}
        unknown = [name for name in present - known if not name.startswith(CORS)]
        return [f"the header {name} is unknown" for name in unknown] + [
            f"the header {name} is missing"
            for lower, name in required.items()
            if lower not in present
        ]

    def _body(self, documented: dict[str, Any], response: Response, method: str) -> list[str]:
        content = documented.get("content")
        body = response.get_data()
        if content is None:
            return ["there is a body"] if body else []
        if response.content_type not in content:
            return [f"the type {response.content_type} is unknown"]
        schema = content[response.content_type]["schema"]
        validator = self._validator(schema["$ref"])
        value = orjson.loads(body)
        if validator.is_valid(value):  # faster than a list of the errors
            return []
        return [
            f"{'.'.join(map(str, error.instance_path))}: {error.message}"
            for error in validator.iter_errors(value)
        ]

    def _validator(self, reference: str) -> Any:
        with self._lock:
            if reference not in self._validators:
                schema = {"$ref": reference, "components": self.document["components"]}
                self._validators[reference] = jsonschema_rs.validator_for(schema)
            return self._validators[reference]


def watched(compliance: Compliance) -> Any:
    """Return ``after_request`` with a check of every response it returns."""
    after_request = Hooks.after_request

    def checked(hooks: Hooks, response: Response) -> Response:
        final = after_request(hooks, response)
        compliance.check(current_request(), final)
        return final

    return checked
