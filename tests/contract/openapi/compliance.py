"""Holds every answer of the applications in this process to the strict document.

An answer that a fault has bent, or given in the API's place, is not the API's, and passes.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import jsonschema_rs
import orjson
from flask import Response

from mockserver.contract.openapi.document import document
from mockserver.contract.openapi.responses import errors
from mockserver.web.hooks import Hooks, is_api
from mockserver.web.request import Request, current_request

#: Those of HTTP, of CORS and of the server; all others must be documented.
STANDARD = {"content-type", "content-length", "allow", "vary", "preference-applied"}
CORS = "access-control-"
#: Where no operation is meant: a path that does not exist, or not with this method.
NOWHERE = errors(404) | {"405": errors()["400"]}


@dataclass
class Compliance:
    """The document, its validators as they are needed, and what was found to be wrong."""

    shown: dict[str, Any] = field(default_factory=lambda: document("http://x", strict=True))
    violations: list[str] = field(default_factory=list)
    _validators: dict[str, Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._operations = {
            one["operationId"]: one
            for item in self.shown["paths"].values()
            for one in item.values()
            if isinstance(one, dict)
        }

    def check(self, call: Request, response: Response) -> None:
        """Note what is wrong with an answer; for any thread."""
        if not is_api(call.path) or call.method == "OPTIONS" or call.injection:
            return
        wrong = [*self._wrong(call, response)]
        if wrong:
            where = f"{call.method} {call.full_path} -> {response.status_code}"
            with self._lock:
                self.violations += [f"{where}: {each}" for each in wrong]

    def taken(self) -> list[str]:
        """What was found since it was last asked."""
        with self._lock:
            found, self.violations = self.violations, []
        return found

    def _wrong(self, call: Request, response: Response) -> list[str]:
        status = str(response.status_code)
        operation = self._operations.get(call.operation)
        found = operation["responses"] if operation else NOWHERE
        told = self._followed(found.get(status))
        if told is None:
            return [f"the document has no such status for {call.operation or 'no operation'}"]
        return [*self._headers(told, response), *self._body(told, response, call.method)]

    def _followed(self, told: Any) -> Any:
        if told and "$ref" in told:
            return self.shown["components"]["responses"][told["$ref"].rpartition("/")[2]]
        return told

    def _headers(self, told: dict[str, Any], response: Response) -> list[str]:
        known = {name.lower() for name in told["headers"]} | STANDARD
        given = {name.lower() for name in dict(response.headers)}
        extra = [each for each in given - known if not each.startswith(CORS)]
        headers = self.shown["components"]["headers"]
        missing = [
            name
            for name in told["headers"]
            if headers[name].get("required") and name.lower() not in given
        ]
        return [f"the header {each} is unknown" for each in extra] + [
            f"the header {each} is missing" for each in missing
        ]

    def _body(self, told: dict[str, Any], response: Response, method: str) -> list[str]:
        content = told.get("content")
        body = response.get_data()
        if content is None:
            return ["there is a body"] if body else []
        if response.content_type not in content:
            return [f"the type {response.content_type} is unknown"]
        schema = content[response.content_type]["schema"]
        validator = self._validator(schema["$ref"])
        return [
            f"{'.'.join(map(str, each.instance_path))}: {each.message}"
            for each in validator.iter_errors(orjson.loads(body))
        ]

    def _validator(self, reference: str) -> Any:
        with self._lock:
            if reference not in self._validators:
                schema = {"$ref": reference, "components": self.shown["components"]}
                self._validators[reference] = jsonschema_rs.validator_for(schema)
            return self._validators[reference]


def watched(compliance: Compliance) -> Any:
    """``Hooks.after_request``, with every answer that it gives checked."""
    leave = Hooks.after_request

    def checked(hooks: Hooks, response: Response) -> Response:
        left = leave(hooks, response)
        compliance.check(current_request(), left)
        return left

    return checked
