"""The client of the checks, which judges every response and records every created object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import quote, urlencode

from mockserver.checks.api.cleanup import OWNER_IDS, CreatedObjects
from mockserver.checks.api.http import JSON, ApiResponse, Body, HttpClient, encode, multipart_body
from mockserver.checks.api.response_rules import IS_JSON, PAGE, RESPONSE, ObjectRules, ResponseRules
from mockserver.checks.api.results import DOCUMENTED, ApiResults, Drift, Unclear, expect_equal
from mockserver.resources.registry import VERBS, ResourceRegistry

MARK = "mockserver-check"  # prefix of the names and texts of all created objects
AVATAR = "https://protocol.chat/avatars/mockserver-check.jpg"
"""An avatar URL that no mockserver replaces with a local one, since its host has no assets."""
MAX_PAGES = 20  # pages of 100 objects that are searched for created objects
SUCCEEDS = "succeeds"


class UnexpectedError(Drift):
    """An error response to a request that should have succeeded."""

    def __init__(self, endpoint: str, response: ApiResponse) -> None:
        super().__init__(f"{endpoint} returned {response}")
        self.endpoint = endpoint


def endpoint_of(path: str, verb: str) -> str:
    """Return the name of an endpoint, such as ``GET /contacts/:id``."""
    suffix = "" if verb in ("list", "create") else "/:id"
    return f"{VERBS[verb]} /{path}{suffix}"


@dataclass(frozen=True)
class ApiObject:
    """An object in a response. Raises ``Unclear`` if an attribute that is read breaks its rule."""

    api: ApiClient
    path: str
    rules: ObjectRules
    data: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.rules.value(self.data, name)

    @property
    def id(self) -> str:
        return str(self["id"])

    def valid_values(self) -> dict[str, Any]:
        """Return the attributes that keep their rules."""
        return self.rules.valid_values(self.data)

    def embedded(self, name: str) -> list[ApiObject]:
        """Return the objects in an attribute, such as a group's ``contacts``."""
        value = self[name]
        path, rules = ("contacts" if name == "contact" else name), self.rules.nested[name]
        items = value if isinstance(value, list) else [value]
        return [ApiObject(self.api, path, rules, item) for item in items]

    def retrieve(self) -> ApiObject:
        return self.api.retrieve(self.path, self.id)

    def update(self, values: Mapping[str, Any], encoding: str = JSON) -> ApiObject:
        return self.put(encode(values, encoding))

    def put(self, body: Body | None) -> ApiObject:
        return self.api.request_object("update", self.path, self.id, body=body)

    def delete(self) -> None:
        self.api.request("delete", self.path, self.id)

    def expect(self, **values: Any) -> None:
        """Raise ``Drift`` unless the attributes have these values."""
        for name, value in values.items():
            expect_equal(name, self[name], value)

    def expect_embedded(self, name: str, *items: ApiObject) -> None:
        """Raise ``Drift`` unless an attribute has these objects, in order."""
        ids = [item.id for item in self.embedded(name)]
        expect_equal(f"the ids in {name}", ids, [item.id for item in items])

    def expect_refused_update(self, values: Mapping[str, Any], naming: str = "") -> None:
        """Raise ``Drift`` unless an update gets a 400 whose message contains ``naming``."""
        self.api.expect_error(400, "PUT", self.path, self.id, values=values, naming=naming)

    def expect_gone(self) -> None:
        """Raise ``Drift`` if the object still exists."""
        status = self.api.send("GET", self.path, self.id).status
        if status == 200:
            raise Drift(f"/{self.path}/{self.id} still exists")
        if status != 404:
            raise Unclear(f"GET /{self.path}/:id of a deleted object returned {status}")


class ApiClient:
    """A client of one API, which judges every response and records every created object."""

    def __init__(self, http: HttpClient) -> None:
        self.http, self.results, self.created = http, ApiResults(), CreatedObjects(http)
        resources = ResourceRegistry()
        verbs = {endpoint_of(resource.path, verb): verb for resource in resources for verb in VERBS}
        for endpoint in verbs:
            self.results.add(endpoint, SUCCEEDS, DOCUMENTED)
        self._response_rules = ResponseRules(verbs, http.url, self.results)
        self._object_rules = {
            resource.path: ObjectRules(resource.kind, resource.schema, self.results)
            for resource in resources
        }
        self._numbers = count(1)

    def name(self) -> str:
        return f"{MARK}-{next(self._numbers)}"

    def values(self, path: str) -> dict[str, Any]:
        """Return values for the required attributes; create the objects that they refer to."""
        match path:
            case "contacts":
                return {"username": self.name(), "phone_number": "1-555-0100"}
            case "conversations":
                return {"contact_id": self.contact().id}
            case "groups":
                return {"name": self.name()}
            case "messages":
                return {"conversation_id": self.conversation().id, "message": self.name()}
        return {"file": f"{MARK}.txt"}

    def new(self, path: str) -> ApiObject:
        """Create an object with only its required attributes; an attachment from a file."""
        return self.upload() if path == "attachments" else self.create(path, self.values(path))

    def deleted(self, path: str) -> ApiObject:
        created = self.new(path)
        created.delete()
        return created

    def contact(self, **values: Any) -> ApiObject:
        return self.create("contacts", {**self.values("contacts"), **values})

    def group(self, *members: ApiObject) -> ApiObject:
        contacts = {"contacts": [member.id for member in members]} if members else {}
        return self.create("groups", {**self.values("groups"), **contacts})

    def conversation(self, owner: ApiObject | None = None) -> ApiObject:
        """Create a conversation of a contact or group, by default of a new contact."""
        owner = owner or self.contact()
        return self.create("conversations", {OWNER_IDS[owner.path]: owner.id})

    def home(self, owner: ApiObject) -> ApiObject:
        """Return the conversation created with an owner; raise ``Drift`` if there is none."""
        home, attribute = owner["conversation_id"], OWNER_IDS[owner.path]
        if home is None:
            raise Drift("conversation_id is null: no conversation was created")
        conversation = self.retrieve("conversations", home)
        if conversation[attribute] != owner.id:
            raise Drift(f"its conversation has {attribute} {conversation[attribute]}")
        self.created.add("conversations", home)
        return conversation

    def message(self, conversation: ApiObject | None = None, **values: Any) -> ApiObject:
        """Create a message, by default in a new conversation."""
        conversation = conversation or self.conversation()
        defaults = {"conversation_id": conversation.id, "message": self.name()}
        return self.create("messages", {**defaults, **values})

    def upload(
        self,
        message: ApiObject | None = None,
        name: str = f"{MARK}.txt",
        content: bytes = b"Ladder",
        type: str = "text/plain",
    ) -> ApiObject:
        """Create an attachment by uploading a file, on a message if one is given."""
        fields = [("message_id", message.id)] if message else []
        return self.post("attachments", multipart_body([("file", (name, content, type)), *fields]))

    def create(self, path: str, values: Mapping[str, Any], encoding: str = JSON) -> ApiObject:
        return self.post(path, encode(values, encoding))

    def post(self, path: str, body: Body) -> ApiObject:
        return self.request_object("create", path, body=body)

    def retrieve(self, path: str, record_id: str) -> ApiObject:
        return self.request_object("retrieve", path, record_id)

    def page(self, path: str, **query: Any) -> tuple[bool, list[ApiObject]]:
        """Return ``has_more`` and the objects of a page."""
        page = self.request("list", path, query=query).json
        self.results.require(endpoint_of(path, "list"), PAGE)
        return page["has_more"], [self._object(path, item) for item in page["data"]]

    def ids(self, path: str, **query: Any) -> list[str]:
        return [item.id for item in self.page(path, **query)[1]]

    def expect_page(self, items: Sequence[ApiObject], path: str, **query: Any) -> None:
        """Raise ``Drift`` unless a page has exactly these objects, in any order."""
        ids = self.ids(path, **query)
        expect_equal("the ids on the page", sorted(ids), sorted(item.id for item in items))

    def request_object(
        self, verb: str, path: str, record_id: str | None = None, **options: Any
    ) -> ApiObject:
        """Call an endpoint and return the object of its response."""
        response = self.request(verb, path, record_id, **options)
        if not isinstance(response.json, dict):
            self.results.require(RESPONSE, IS_JSON)
            raise Drift(f"{endpoint_of(path, verb)} returned {response.status} without an object")
        return self._object(path, response.json)

    def _object(self, path: str, data: Mapping[str, Any]) -> ApiObject:
        return ApiObject(self, path, self._object_rules[path], data)

    def request(
        self, verb: str, path: str, record_id: str | None = None, **options: Any
    ) -> ApiResponse:
        """Call an endpoint. Raises ``UnexpectedError``, or ``Unclear`` if it has failed before."""
        endpoint = endpoint_of(path, verb)
        response = self.send(VERBS[verb], path, record_id, **options)
        if not response.ok:
            self.results.require(endpoint, SUCCEEDS)
            raise UnexpectedError(endpoint, response)
        self.results.record(endpoint, SUCCEEDS, None)
        return response

    def expect_error(
        self,
        status: int,
        method: str,
        path: str,
        record_id: str | None = None,
        *,
        values: Mapping[str, Any] | None = None,
        naming: str = "",
        **options: Any,
    ) -> None:
        """Raise ``Drift`` unless a request gets ``status`` and a message containing ``naming``."""
        if values is not None:
            options["body"] = encode(values)
        response = self.send(method, path, record_id, **options)
        if response.status != status:
            suffix = "" if record_id is None else "/:id"
            raise Drift(f"{method} /{path}{suffix} returned {response}, not {status}")
        message = response.error_message
        if message and naming not in message:
            raise Drift(f"the message does not name {naming}: {message}")

    def send(
        self,
        method: str,
        path: str,
        record_id: str | None = None,
        *,
        body: Body | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> ApiResponse:
        """Send a request, judge the response and return it.

        Raises ``Unclear`` for a PUT or DELETE of an object that the run did not create.
        """
        is_creation = method == "POST" and record_id is None
        if method != "GET" and not is_creation:
            self.created.require(path, record_id)
        url = f"/{path}" + ("" if record_id is None else f"/{quote(record_id, safe='')}")
        target = f"{url}?{urlencode(query)}" if query else url
        if body:
            headers = {"Content-Type": body.type, **(headers or {})}
        response = self.http(method, target, body.content if body else None, headers)
        if is_creation and response.ok:
            self.created.add_created(path, response.json, body.values if body else {})
        endpoint = f"{method} /{path}" + ("" if record_id is None else "/:id")
        self._response_rules.judge(endpoint, url, response)
        if response.ok and method != "DELETE" and path in self._object_rules:
            self._judge_objects(self._object_rules[path], response.json)
        return response

    def _judge_objects(self, rules: ObjectRules, data: Any) -> None:
        items = data.get("data") if isinstance(data, dict) and "has_more" in data else [data]
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict):
                rules.judge(item)
