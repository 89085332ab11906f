"""What a check works with: the five operations, every answer judged, every object remembered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import quote, urlencode

from mockserver.checks.api.bodies import JSON, Body, Part, encoded, multipart
from mockserver.checks.api.cleanup import CreatedObjects
from mockserver.checks.api.http import Answer, HttpClient, show
from mockserver.checks.api.response_rules import ANSWER, IS_JSON, PAGE, ResponseRules
from mockserver.checks.api.rows import DOCUMENTED, Drift, Rows, Unclear
from mockserver.checks.api.shapes import Shape
from mockserver.resources.registry import VERBS, ResourceRegistry

MARK = "mockserver-check"
AVATAR = "https://protocol.chat/avatars/mockserver-check.jpg"
"""Not on the host of assets: a sandbox may have those point to itself."""
PAGES = 20
"""Pages of a hundred objects that are looked through for those of ours."""
SUCCEEDS = "succeeds"


class Refused(Drift):
    """A request that should have succeeded did not."""

    def __init__(self, endpoint: str, answer: Answer) -> None:
        super().__init__(f"{endpoint} answered {answer}")
        self.endpoint = endpoint


@dataclass(frozen=True)
class Shown:
    """An object as it came back; an attribute that is always wrong says nothing about others."""

    shape: Shape
    data: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.shape.value(self.data, name)

    @property
    def id(self) -> str:
        return str(self["id"])

    def trusted(self) -> dict[str, Any]:
        return self.shape.trusted(self.data)


def endpoint_of(path: str, verb: str) -> str:
    """An endpoint as rows name it, such as ``GET /contacts/:id``."""
    one = "" if verb in ("list", "create") else "/:id"
    return f"{VERBS[verb]} /{path}{one}"


class ConformanceClient:
    """The API to verify, as its clients use it."""

    def __init__(self, wire: HttpClient, rows: Rows, workspace: CreatedObjects) -> None:
        self.wire, self.rows, self.workspace = wire, rows, workspace
        paths = [resource.path for resource in ResourceRegistry()]
        self._endpoints = {endpoint_of(path, verb): verb for path in paths for verb in VERBS}
        for endpoint in self._endpoints:
            rows.add(endpoint, SUCCEEDS, DOCUMENTED)
        self._manners = ResponseRules(self._endpoints, wire.address, rows)
        self._shapes = {
            each.path: Shape(each.kind, each.shape, rows) for each in ResourceRegistry()
        }
        self._shapes_within = {
            inner.name: inner for each in self._shapes.values() for inner in each.inner.values()
        }
        self._numbers = count(1)

    # the five

    def page(self, path: str, **query: Any) -> tuple[bool, list[Shown]]:
        """``has_more`` and the objects of a page."""
        answer = self.send("GET", path, query=query)
        self._succeeded(endpoint_of(path, "list"), answer)
        self.rows.trusted(endpoint_of(path, "list"), PAGE)
        found = [Shown(self._shapes[path], one) for one in answer.json["data"]]
        return answer.json["has_more"], found

    def ids(self, path: str, **query: Any) -> list[str]:
        """The ids on a page."""
        return [each.id for each in self.page(path, **query)[1]]

    def create(self, path: str, values: Mapping[str, Any], encoding: str = JSON) -> Shown:
        return self.post(path, encoded(values, encoding), values)

    def post(self, path: str, body: Body, sent: Mapping[str, Any]) -> Shown:
        """Create with a body as it is; ``sent`` is what it means."""
        answer = self.send("POST", path, body=body, sent=sent)
        return self._shown(endpoint_of(path, "create"), path, answer)

    def retrieve(self, path: str, record_id: str) -> Shown:
        answer = self.send("GET", path, record_id)
        return self._shown(endpoint_of(path, "retrieve"), path, answer)

    def update(
        self, path: str, record_id: str, values: Mapping[str, Any], encoding: str = JSON
    ) -> Shown:
        return self.put(path, record_id, encoded(values, encoding))

    def put(self, path: str, record_id: str, body: Body | None) -> Shown:
        """Update with a body as it is."""
        answer = self.send("PUT", path, record_id, body=body)
        return self._shown(endpoint_of(path, "update"), path, answer)

    def delete(self, path: str, record_id: str) -> None:
        self._succeeded(endpoint_of(path, "delete"), self.send("DELETE", path, record_id))

    # refusals

    def refused(self, status: int, method: str, path: str, *words: str, **options: Any) -> Answer:
        """Send what is to be refused with ``status``; raises ``Drift`` where it is not."""
        answer = self.send(method, path, *words, **options)
        if answer.status != status:
            endpoint = f"{method} /{path}" + ("/:id" if words else "")
            raise Drift(f"{endpoint} answered {answer}, not {status}")
        return answer

    def gone(self, path: str, record_id: str) -> None:
        """Check that an object is no more."""
        status = self.send("GET", path, record_id).status
        if status == 200:
            raise Drift(f"/{path}/{record_id} is still there")
        if status != 404:
            raise Unclear(f"GET /{path}/:id of what was deleted answered {status}")

    # objects

    def name(self) -> str:
        """A name by which what was left behind is known."""
        return f"{MARK}-{next(self._numbers)}"

    def contact(self, **values: Any) -> Shown:
        given = {"username": self.name(), "phone_number": "1-555-0100", **values}
        return self.create("contacts", given)

    def group(self, **values: Any) -> Shown:
        return self.create("groups", {"name": self.name(), **values})

    def conversation(self, **owner: str) -> Shown:
        """A conversation that was asked for, with a new contact where no owner is named."""
        return self.create("conversations", owner or {"contact_id": self.contact().id})

    def home(self, owner: Shown, attribute: str) -> Shown:
        """The conversation that came with a contact or a group, which it names as ``attribute``."""
        home = owner["conversation_id"]
        if home is None:
            raise Drift("conversation_id is null: no conversation was made")
        shown = self.retrieve("conversations", home)
        if shown[attribute] != owner.id:
            raise Drift(f"its conversation says {attribute} {shown[attribute]}, not {owner.id}")
        self.workspace.adopt("conversations", home)
        return shown

    def message(self, conversation_id: str, **values: Any) -> Shown:
        given = {"conversation_id": conversation_id, "message": self.name(), **values}
        return self.create("messages", given)

    def messages(self, number: int) -> tuple[str, list[str]]:
        """A new conversation's id, and those of its messages, latest first."""
        conversation = self.conversation().id
        return conversation, [self.message(conversation).id for _ in range(number)][::-1]

    def upload(
        self,
        name: str = f"{MARK}.txt",
        content: bytes = b"Ladder",
        type: str = "text/plain",
        fields: Sequence[tuple[str, Part]] = (),
    ) -> Shown:
        """Upload a file as browsers do."""
        parts: list[tuple[str, Part]] = [("file", (name, content, type)), *fields]
        return self.post("attachments", multipart(parts), {})

    def member(self, shown: Any, name: str, wanted: Any, where: str = "group.contacts[]") -> None:
        """Check an attribute of an embedded contact, unless such values are always wrong."""
        found = self._shapes_within[where].value(shown, name)
        if found != wanted:
            raise Drift(f"{name} is {show(found)}, not {show(wanted)}")

    # all of them

    def send(
        self,
        method: str,
        path: str,
        record_id: str | None = None,
        *,
        body: Body | None = None,
        sent: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to any request; PUT and DELETE go to objects of ours only."""
        if method != "GET" and (method, record_id) != ("POST", None):
            self.workspace.owned(path, record_id)
        place = f"/{path}" if record_id is None else f"/{path}/{quote(record_id, safe='')}"
        asked = f"{place}?{urlencode(query)}" if query else place
        typed = {"Content-Type": body.type} if body else {}
        content = body.content if body else None
        answer = self.wire(method, asked, content, {**typed, **(headers or {})})
        endpoint = f"{method} /{path}" + ("" if record_id is None else "/:id")
        if method == "POST" and record_id is None and answer.ok:
            self.workspace.remember(path, answer.json, sent or {})
        self._manners.judge(endpoint, place, answer)
        if answer.ok and method != "DELETE":
            self._judge_objects(path, answer.json)
        return answer

    def _judge_objects(self, path: str, shown: Any) -> None:
        if path not in self._shapes or not isinstance(shown, dict):
            return
        data = shown.get("data") if "has_more" in shown else [shown]
        for one in data if isinstance(data, list) else ():
            if isinstance(one, dict):
                self._shapes[path].judge(one)

    def _succeeded(self, endpoint: str, answer: Answer) -> None:
        row = self.rows.of(endpoint, SUCCEEDS)
        if not answer.ok:
            self.rows.trusted(endpoint, SUCCEEDS)
            raise Refused(endpoint, answer)
        row.judge(None)

    def _shown(self, endpoint: str, path: str, answer: Answer) -> Shown:
        self._succeeded(endpoint, answer)
        if not isinstance(answer.json, dict):
            self.rows.trusted(ANSWER, IS_JSON)
            raise Drift(f"{endpoint} answered {answer.status} without an object")
        return Shown(self._shapes[path], answer.json)
