"""The client of a check: sends requests, judges every response, records created objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import quote, urlencode

from mockserver.checks.api.check import DOCUMENTED, ApiResults, Drift, Unclear
from mockserver.checks.api.cleanup import CreatedObjects
from mockserver.checks.api.http import (
    JSON,
    ApiResponse,
    Body,
    HttpClient,
    Part,
    encode,
    multipart_body,
    to_text,
)
from mockserver.checks.api.response_rules import IS_JSON, PAGE, RESPONSE, ObjectRules, ResponseRules
from mockserver.resources.registry import VERBS, ResourceRegistry

MARK = "mockserver-check"
"""Beginning of the names and texts of all created objects."""
AVATAR = "https://protocol.chat/avatars/mockserver-check.jpg"
"""Not on the asset host: a sandbox can replace that host's URLs by its own."""
MAX_PAGES = 20
"""Number of pages of 100 objects that are searched for created objects."""
SUCCEEDS = "succeeds"


class UnexpectedError(Drift):
    """A request that should have succeeded got an error."""

    def __init__(self, endpoint: str, response: ApiResponse) -> None:
        super().__init__(f"{endpoint} gave {response}")
        self.endpoint = endpoint


@dataclass(frozen=True)
class ApiObject:
    """An object of a response.

    Reading an attribute whose values are known to be wrong raises ``Unclear``.
    """

    rules: ObjectRules
    data: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.rules.value(self.data, name)

    @property
    def id(self) -> str:
        return str(self["id"])

    def valid_values(self) -> dict[str, Any]:
        """Return the attributes whose values are not known to be wrong."""
        return self.rules.valid_values(self.data)


def endpoint_of(path: str, verb: str) -> str:
    """Return an endpoint's name in results, such as ``GET /contacts/:id``."""
    suffix = "" if verb in ("list", "create") else "/:id"
    return f"{VERBS[verb]} /{path}{suffix}"


class ApiClient:
    """The API under test. Every response is judged."""

    def __init__(self, http: HttpClient, results: ApiResults, created: CreatedObjects) -> None:
        self.http, self.results, self.created = http, results, created
        resources = ResourceRegistry()
        verbs = {endpoint_of(each.path, verb): verb for each in resources for verb in VERBS}
        for endpoint in verbs:
            results.add(endpoint, SUCCEEDS, DOCUMENTED)
        self._response_rules = ResponseRules(verbs, http.url, results)
        self._object_rules = {
            each.path: ObjectRules(each.kind, each.schema, results) for each in resources
        }
        self._nested_rules = {
            nested.name: nested
            for rules in self._object_rules.values()
            for nested in rules.nested.values()
        }
        self._numbers = count(1)

    # Operations

    def page(self, path: str, **query: Any) -> tuple[bool, list[ApiObject]]:
        """Return ``has_more`` and the objects of a page."""
        endpoint = endpoint_of(path, "list")
        response = self.send("GET", path, query=query)
        self._require_success(endpoint, response)
        self.results.require(endpoint, PAGE)
        rules = self._object_rules[path]
        return response.json["has_more"], [ApiObject(rules, x) for x in response.json["data"]]

    def ids(self, path: str, **query: Any) -> list[str]:
        return [item.id for item in self.page(path, **query)[1]]

    def create(self, path: str, values: Mapping[str, Any], encoding: str = JSON) -> ApiObject:
        return self.post(path, encode(values, encoding), values)

    def post(self, path: str, body: Body, values: Mapping[str, Any]) -> ApiObject:
        """Create an object with an encoded body; ``values`` are what it contains."""
        response = self.send("POST", path, body=body, values=values)
        return self._object(endpoint_of(path, "create"), path, response)

    def retrieve(self, path: str, record_id: str) -> ApiObject:
        response = self.send("GET", path, record_id)
        return self._object(endpoint_of(path, "retrieve"), path, response)

    def update(
        self, path: str, record_id: str, values: Mapping[str, Any], encoding: str = JSON
    ) -> ApiObject:
        return self.put(path, record_id, encode(values, encoding))

    def put(self, path: str, record_id: str, body: Body | None) -> ApiObject:
        response = self.send("PUT", path, record_id, body=body)
        return self._object(endpoint_of(path, "update"), path, response)

    def delete(self, path: str, record_id: str) -> None:
        response = self.send("DELETE", path, record_id)
        self._require_success(endpoint_of(path, "delete"), response)

    def expect_error(
        self,
        status: int,
        method: str,
        path: str,
        record_id: str | None = None,
        *,
        values: Mapping[str, Any] | None = None,
        names: str = "",
        **options: Any,
    ) -> None:
        """Send a request that must fail with ``status`` and a message with ``names`` in it."""
        if values is not None:
            options |= {"body": encode(values), "values": values}
        response = self.send(method, path, record_id, **options)
        if response.status != status:
            suffix = "" if record_id is None else "/:id"
            raise Drift(f"{method} /{path}{suffix} gave {response}, not {status}")
        message = response.error_message
        if message and names not in message:
            raise Drift(f"a message that does not name {names}: {message}")

    def expect_gone(self, path: str, record_id: str) -> None:
        """Check that an object does not exist any more."""
        status = self.send("GET", path, record_id).status
        if status == 200:
            raise Drift(f"/{path}/{record_id} still exists")
        if status != 404:
            raise Unclear(f"GET /{path}/:id of a deleted object gave {status}")

    # Objects

    def name(self) -> str:
        """Return a new name that shows where the object comes from."""
        return f"{MARK}-{next(self._numbers)}"

    def contact(self, **values: Any) -> ApiObject:
        defaults = {"username": self.name(), "phone_number": "1-555-0100"}
        return self.create("contacts", {**defaults, **values})

    def group(self, **values: Any) -> ApiObject:
        return self.create("groups", {"name": self.name(), **values})

    def conversation(self, **owner: str) -> ApiObject:
        """Create a conversation, with a new contact if no owner is given."""
        return self.create("conversations", owner or {"contact_id": self.contact().id})

    def home(self, owner: ApiObject, attribute: str) -> ApiObject:
        """Return the conversation that was created with a contact or group.

        It must name its owner as ``attribute``.
        """
        home = owner["conversation_id"]
        if home is None:
            raise Drift("conversation_id is null: no conversation was created")
        conversation = self.retrieve("conversations", home)
        if conversation[attribute] != owner.id:
            raise Drift(f"its conversation has {attribute} {conversation[attribute]}")
        self.created.add("conversations", home)
        return conversation

    def message(self, conversation_id: str, **values: Any) -> ApiObject:
        defaults = {"conversation_id": conversation_id, "message": self.name()}
        return self.create("messages", {**defaults, **values})

    def messages(self, number: int) -> tuple[str, list[str]]:
        """Create a conversation with messages; return its id and theirs, latest first."""
        conversation = self.conversation().id
        return conversation, [self.message(conversation).id for _ in range(number)][::-1]

    def upload(
        self,
        name: str = f"{MARK}.txt",
        content: bytes = b"Ladder",
        type: str = "text/plain",
        fields: Sequence[tuple[str, Part]] = (),
    ) -> ApiObject:
        """Create an attachment by uploading a file."""
        parts: list[tuple[str, Part]] = [("file", (name, content, type)), *fields]
        return self.post("attachments", multipart_body(parts), {})

    def expect_nested(self, data: Any, name: str, expected: Any, where: str) -> None:
        """Check an attribute of a nested object, such as ``group.contacts[]``.

        Raises ``Unclear`` if its values are known to be wrong.
        """
        value = self._nested_rules[where].value(data, name)
        if value != expected:
            raise Drift(f"{name} is {to_text(value)}, not {to_text(expected)}")

    # Requests

    def send(
        self,
        method: str,
        path: str,
        record_id: str | None = None,
        *,
        body: Body | None = None,
        values: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> ApiResponse:
        """Send a request and return the judged response.

        Raises ``Unclear`` for a PUT or DELETE of an object that this run did not create.
        """
        is_creation = method == "POST" and record_id is None
        if method != "GET" and not is_creation:
            self.created.require(path, record_id)
        suffix = "" if record_id is None else f"/{quote(record_id, safe='')}"
        url = f"/{path}{suffix}" + (f"?{urlencode(query)}" if query else "")
        type_header = {"Content-Type": body.type} if body else {}
        content = body.content if body else None
        response = self.http(method, url, content, {**type_header, **(headers or {})})
        if is_creation and response.ok:
            self.created.add_created(path, response.json, values or {})
        endpoint = f"{method} /{path}" + ("" if record_id is None else "/:id")
        self._response_rules.judge(endpoint, f"/{path}{suffix}", response)
        if response.ok and method != "DELETE":
            self._judge_objects(path, response.json)
        return response

    def _judge_objects(self, path: str, data: Any) -> None:
        if path not in self._object_rules or not isinstance(data, dict):
            return
        items = data.get("data") if "has_more" in data else [data]
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict):
                self._object_rules[path].judge(item)

    def _require_success(self, endpoint: str, response: ApiResponse) -> None:
        result = self.results.get(endpoint, SUCCEEDS)
        if not response.ok:
            self.results.require(endpoint, SUCCEEDS)
            raise UnexpectedError(endpoint, response)
        result.record(None)

    def _object(self, endpoint: str, path: str, response: ApiResponse) -> ApiObject:
        self._require_success(endpoint, response)
        if not isinstance(response.json, dict):
            self.results.require(RESPONSE, IS_JSON)
            raise Drift(f"{endpoint} gave {response.status} without an object")
        return ApiObject(self._object_rules[path], response.json)
