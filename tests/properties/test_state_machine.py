"""Random sequences of requests: the server answers as the model does and ends in its state."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, cast
from urllib.parse import quote, urlencode

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from urllib3.filepost import encode_multipart_formdata

from mockserver.web.application import Application
from tests.conftest import HttpResponse
from tests.properties.model import (
    FLAGS,
    KINDS,
    OWNED_BY,
    POST,
    PUT,
    REQUIRED,
    Model,
    ModelRefusal,
    Nullable,
    Record,
    contradictions,
    document,
    name,
    well_formed,
)
from tests.properties.wsgi_client import WsgiClient, small_app

EXAMPLES = 100  # Hypothesis also draws from constants of loaded modules, so runs differ
TEXTS = st.sampled_from(["Kevin", "Happy holidays, dear neighbours", " ", "ünï 😀", "&=+[]%00;"])
URLS = st.sampled_from(["https://assets.protocol.chat/avatars/new.jpg", "http://x.example:8/?a=b"])
PATHS = st.sampled_from(["../THE PLAN.pdf", "C:\\a\\b.png", "notes.txt", "[1]&ü", "none"])
UPLOADS = st.tuples(
    PATHS.filter(lambda path: "\\" not in path),
    st.sampled_from(["image/png", "application/x-own"]),
    st.binary(max_size=9),
)
USERS = st.lists(st.sampled_from(["Contact1", "Contact2", "who else"]), max_size=3)
REACTIONS = st.dictionaries(st.sampled_from(["heart", "red_angry_face", "+1"]), USERS, max_size=2)
WRONG: st.SearchStrategy[Any] = st.sampled_from(
    [None, "", 0, -1, True, 1.5, "no", [], {}, ["no"], [""], [None], [{}], {"a": "b"}, [{"id": 1}]]
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("username", "phone_number", "name", "description", "display_name"), TEXTS),
    "avatar_url": URLS,
    **dict.fromkeys(("is_pinned", "is_muted"), st.booleans()),
    "archived_at": st.sampled_from([0, 1, 999, 253402300799]),
    "message": TEXTS | st.just(""),
    "reactions": REACTIONS | REACTIONS.map(lambda value: [{name: value[name]} for name in value]),
    "file": PATHS | UPLOADS,
    "filename": PATHS,
}
NAMED = {
    "contact_id": "contact",
    "group_id": "group",
    "conversation_id": "conversation",
    "message_id": "message",
    "pinned_message_id": "message",
    "contacts": "contact",
    "attachments": "attachment",
}
FILTERED = [(kind, {name: "true"}) for kind, flags in FLAGS.items() for name in flags] + [
    ("conversation", {"muted": "1", "pinned": "true", "archived": "false"}),
    ("conversation", {"group_id": name("group", 1)}),
    ("message", {"conversation_id": name("conversation", 5)}),
    ("attachment", {"conversation_id": name("conversation", 5)}),
]
LIMITS = st.sampled_from([1, 2, 3, 5, 7, 10, 100])
Kinds = st.sampled_from([*KINDS])


class Machine(RuleBasedStateMachine):
    """One sandbox and one model, side by side."""

    def __init__(self, app: Application, sandbox: str, nth: dict[tuple[str, int], str]) -> None:
        super().__init__()
        self.client = WsgiClient(app, sandbox)
        self.model = Model(document(), self.new_id)
        self.seen: Counter[tuple[str, str, int]] = Counter()
        self.nth = nth
        self.new_ids: dict[str, str] = {}
        self.gone: list[str] = []
        self.steps = 0
        self.changed = True

    # operations

    @rule(data=st.data(), kind=Kinds)
    def create(self, data: st.DataObject, kind: str) -> None:
        body = self.body(data, kind, POST[kind], REQUIRED[kind])
        if kind == "conversation" and data.draw(st.integers(0, 2), "owners") > 0:
            owner = data.draw(st.sampled_from(["contact_id", "group_id"]), "owner")
            body = {owner: data.draw(self.an_id(NAMED[owner]), "id")}
        self.write("POST", kind, "", body, data, lambda: self.model.create(kind, body), 201)

    @rule(data=st.data(), kind=Kinds)
    def update(self, data: st.DataObject, kind: str) -> None:
        key = data.draw(self.an_id(kind), "id")
        body = self.body(data, kind, PUT[kind])
        its_messages = [
            message_id
            for message_id, message in self.model["message"].items()
            if kind == "conversation" and message["conversation_id"] == key
        ]
        if (
            its_messages
            and "pinned_message_id" in body
            and data.draw(st.booleans(), "pin one of it")
        ):
            body["pinned_message_id"] = data.draw(st.sampled_from(its_messages), "pinned")
        own = self.model["message"].get(key, {}).get("attachments")
        if own and isinstance(body.get("attachments"), list):
            body["attachments"] += data.draw(st.lists(st.sampled_from(own), max_size=2), "own")
        self.write("PUT", kind, key, body, data, lambda: self.model.update(kind, key, body), 200)

    @rule(data=st.data(), kind=Kinds)
    def delete(self, data: st.DataObject, kind: str) -> None:
        key = data.draw(self.an_id(kind), "id")
        for _ in range(2):  # deleted objects stay deleted, and the user cannot be deleted
            self.ask("DELETE", kind, key, lambda: self.model.delete(kind, key), 204)
        self.gone.append(key)

    @rule(data=st.data(), kind=Kinds)
    def retrieve(self, data: st.DataObject, kind: str) -> None:
        key = data.draw(self.an_id(kind), "id")
        self.ask("GET", kind, key, lambda: self.model.retrieve(kind, key), 200)

    @rule(data=st.data(), kind=Kinds)
    def list(self, data: st.DataObject, kind: str) -> None:
        query = data.draw(self.filters(kind), "filters")
        cursors = {"limit": st.sampled_from(["1", "2", "3", "7", "100", "0", "101", "-1", "x", ""])}
        cursors |= dict.fromkeys(("starting_after", "ending_before"), self.an_id(kind))
        query |= data.draw(st.fixed_dictionaries({}, optional=cursors), "page")
        self.ask("GET", kind, "", lambda: self.model.page(kind, query), 200, query)

    # reading

    @rule(data=st.data(), kind=Kinds, limit=LIMITS, forward=st.booleans())
    def walk(self, data: st.DataObject, kind: str, limit: int, forward: bool) -> None:
        """Page both ways with any filter and compare with the model."""
        query = data.draw(self.filters(kind), "filters")
        try:
            page = {**self.model.page(kind, {**query, "limit": "100"})}
        except ModelRefusal:
            return
        assert not page["has_more"]
        self.agree(self.walked(kind, query, limit, forward), page["data"])

    @rule(data=st.data())
    def download(self, data: st.DataObject) -> None:
        """An uploaded file is served until the attachment is deleted."""
        key = data.draw(self.an_id("attachment"), "id")
        filename = self.model["attachment"].get(key, {}).get("filename", "none")
        path = f"/_assets/{self.client.sandbox}/attachments/{key}/{quote(filename, safe='')}"
        response = self.client("GET", path)
        if key not in self.model["attachment"]:
            response.refused(404)
        elif key in self.model.files:
            assert response.data == self.model.files[key]
        else:
            assert response.status == 200

    @precondition(lambda self: self.model["conversation"])
    @rule(data=st.data(), text=TEXTS)
    def send(self, data: st.DataObject, text: str) -> None:
        """Send a valid message with any attachments that are free."""
        free = [key for key, item in self.model["attachment"].items() if not item["message_id"]]
        carried = st.lists(st.sampled_from(free), max_size=3) if free else st.just([])
        body = {
            "conversation_id": data.draw(st.sampled_from([*self.model["conversation"]]), "to"),
            "message": text,
            "attachments": data.draw(carried, "attachments"),
        }
        self.ask("POST", "message", "", lambda: self.model.create("message", body), 201, json=body)

    @precondition(lambda self: self.model["message"])
    @rule(data=st.data())
    def carry(self, data: st.DataObject) -> None:
        """Replace a message's attachments: kept, omitted, moved, or those of other messages."""
        messages, attachments = self.model["message"], self.model["attachment"]
        carrying = [key for key, message in messages.items() if message["attachments"]]
        key = data.draw(st.sampled_from(carrying or [*messages]), "id")
        available = [
            attachment_id
            for attachment_id, attachment in attachments.items()
            if attachment["message_id"] in (None, key)
        ]
        chosen = st.lists(st.sampled_from(available), max_size=4) if available else st.just([])
        self.put("message", key, {"attachments": data.draw(chosen, "attachments")})

    @precondition(lambda self: any(row["attachments"] for row in self.model["message"].values()))
    @rule(data=st.data())
    def strip(self, data: st.DataObject) -> None:
        """Leave a message with neither text nor attachments; it still accepts reactions."""
        carrying = [key for key, message in self.model["message"].items() if message["attachments"]]
        key = data.draw(st.sampled_from(carrying), "id")
        self.put("message", key, {"message": ""})
        self.put("message", key, {"attachments": []})
        for file in [*self.model["message"][key]["attachments"]]:
            delete = partial(self.model.delete, "attachment", file)
            self.ask("DELETE", "attachment", file, delete, 204)
        for body in ({"reactions": {"heart": ["Contact1"]}}, {}, {"message": ""}):
            self.put("message", key, body)

    # after each step

    @invariant()
    def all_is_as_the_model_has_it(self) -> None:
        if not self.changed:  # only reads since, and they changed nothing: see ask
            return
        self.changed = False
        lists = {kind: self.walked(kind, {}, 100, True) for kind in KINDS}
        for kind, records in lists.items():
            self.agree(records, [self.model.view(kind, key) for key in reversed(self.model[kind])])
        assert [*contradictions(lists, self.model.departed)] == []
        assert self.client.files() == self.model.files
        # Read one list again in smaller steps in one direction, with one filter: only this shows an
        # index that was not updated.
        self.steps += 1
        kind = [*KINDS][self.steps % 5]
        limit = max(1, len(lists[kind]) // 2 - self.steps % 3)
        self.agree(self.walked(kind, {}, limit, self.steps % 2 == 0), lists[kind])
        kind, query = FILTERED[self.steps % len(FILTERED)]
        expected = self.model.page(kind, {**query, "limit": "100"})["data"]
        self.agree(self.walked(kind, query, 100, True), expected)

    # requests

    def ask(
        self,
        method: str,
        kind: str,
        record_id: str,
        expected: Callable[[], Any],
        status: int,
        query: dict[str, str] | None = None,
        **options: Any,
    ) -> None:
        """Send a request and compare the response with the model's."""
        before = self.client.state()
        path = f"/v1/{KINDS[kind]}" + (f"/{record_id}" if record_id else "")
        response = self.request(
            method, kind, path + (f"?{urlencode(query)}" if query else ""), **options
        )
        self.new_ids = {}
        if response.status == 201:
            self.new_ids = {
                "conversation": response.json.get("conversation_id"),
                kind: response.json["id"],
            }
            assert response.headers["Location"] == f"{path}/{response.json['id']}"
        try:
            expected_value = expected()
        except ModelRefusal as refusal:
            response.refused(refusal.status)
            assert self.client.state() == before
        else:
            assert response.status == status, response.data
            self.agree(response.json, expected_value)
            if method == "GET":
                assert self.client.state() == before
            else:
                self.changed = True

    def put(self, kind: str, key: str, body: Record) -> None:
        self.ask("PUT", kind, key, lambda: self.model.update(kind, key, body), 200, json=body)

    def write(
        self,
        method: str,
        kind: str,
        record_id: str,
        body: Record,
        data: st.DataObject,
        expected: Callable[[], Any],
        status: int,
    ) -> None:
        """Send the request in one of the encodings; all must mean the same."""
        pairs = form_of(body, POST[kind] if method == "POST" else PUT[kind])
        if pairs is None and isinstance(body.get("file"), tuple):
            body["file"] = body["file"][0]  # JSON cannot contain bytes
        uploads = any(isinstance(value, tuple) for _, value in pairs or [])
        encodings = ["multipart"] if uploads else ["json", "urlencoded", "multipart"]
        encoding = data.draw(st.sampled_from(encodings), "encoding") if pairs else "json"
        options: dict[str, Any] = {"json": body}
        if encoding == "urlencoded":
            form = urlencode(pairs or [])
            options = {"data": form, "content_type": "application/x-www-form-urlencoded"}
        elif encoding == "multipart":
            content, content_type = encode_multipart_formdata(pairs or [], "boundary")
            options = {"data": content, "content_type": content_type}
        self.ask(method, kind, record_id, expected, status, **options)

    def request(self, method: str, kind: str, path: str, **options: Any) -> HttpResponse:
        response = self.client(method, path, **options)
        self.seen[method, kind, response.status] += 1
        assert response.status < 500
        return response

    def walked(self, kind: str, query: dict[str, str], limit: int, forward: bool) -> Any:
        """Return all pages, joined in the order of the list."""
        objects: list[Any] = []
        cursor: dict[str, str] = {}
        if not forward:
            # Paging backwards can only start at the last object.
            last = next(iter(self.model[kind]), None)
            if last is None:
                return objects
            listed = self.model.page(kind, {**query, "limit": "100"})["data"]
            objects = [item for item in listed if item["id"] == last]
            cursor = {"ending_before": last}
        while True:
            parameters = urlencode({**query, **cursor, "limit": limit})
            page = self.request("GET", kind, f"/v1/{KINDS[kind]}?{parameters}").json
            assert [*page] == ["has_more", "data"]
            assert len(page["data"]) == limit or not page["has_more"]
            objects = objects + page["data"] if forward else page["data"] + objects
            if not page["has_more"]:
                return objects
            name = "starting_after" if forward else "ending_before"
            cursor = {name: page["data"][-1 if forward else 0]["id"]}

    @staticmethod
    def agree(value: Any, expected: Any) -> None:
        """Check that the values are equal, with their keys in the same order."""
        assert value == expected
        assert json.dumps(value) == json.dumps(expected)

    def new_id(self, kind: str, n: int) -> str:
        """Return the server's id: the n-th of a kind is the same in every sandbox."""
        assert kind in self.new_ids, "the model creates what the server refused"
        return self.nth.setdefault((kind, n), self.new_ids[kind])

    # drawing

    def an_id(self, kind: str) -> st.SearchStrategy[str]:
        """Draw an existing id; rarely an invalid, deleted, foreign or misspelled one."""
        ids = [*self.model[kind]]
        wrong = ["nobody", self.model.user, name("message", 2), *self.gone[-3:]]
        wrong += [record_id.swapcase() for record_id in ids[:1]]
        return st.sampled_from(ids * 3 + wrong if ids else wrong)

    def filters(self, kind: str) -> st.SearchStrategy[dict[str, str]]:
        switches = st.sampled_from(["true", "false", "1", "0", "true", "maybe", ""])
        optional: dict[str, st.SearchStrategy[str]] = dict.fromkeys(FLAGS.get(kind, {}), switches)
        if owner := OWNED_BY.get(kind):
            optional[owner] = self.an_id(NAMED[owner])
        return st.fixed_dictionaries({}, optional=optional)

    def body(
        self, data: st.DataObject, kind: str, checks: Any, required: Iterable[str] = ()
    ) -> Record:
        drawn = {name: self.value(name, check) for name, check in checks.items()}
        optional = {name: strategy for name, strategy in drawn.items() if name not in required}
        needed = {name: drawn[name] for name in required}
        body: Record = data.draw(st.fixed_dictionaries(needed, optional=optional), "body")
        spoil = data.draw(st.sampled_from(["", "", "", "", "", "drop", "add", "change"]), "spoil")
        if spoil == "drop" and body:
            del body[data.draw(st.sampled_from(sorted(body)), "dropped")]
        elif spoil == "add":
            body[data.draw(st.sampled_from(["id", "created_at", "nmae"]), "added")] = "x"
        elif spoil == "change":
            changed = data.draw(st.sampled_from(sorted(drawn)), "changed")
            body[changed] = data.draw(WRONG, "to")
        return body

    def value(self, name: str, check: Any) -> st.SearchStrategy[Any]:
        if name in ("contacts", "attachments"):
            ids = self.an_id(NAMED[name])
            entry = ids | ids.map(lambda record_id: {"id": record_id, "created_at": "not read"})
            strategy: st.SearchStrategy[Any] = st.lists(entry, max_size=3)
        else:
            strategy = self.an_id(NAMED[name]) if name in NAMED else VALUES[name]
        return strategy | st.none() if isinstance(check, Nullable) else strategy


def form_of(body: Record, checks: Any) -> list[tuple[str, Any]] | None:
    """Return ``body`` as the pairs of a form, or None if a form cannot express it."""
    pairs: list[tuple[str, Any]] = []
    for attribute, value in body.items():
        nullable = isinstance(checks.get(attribute), Nullable)
        if value in ({}, [{}]) or (value is None and not nullable):
            return None
        pairs += brackets(attribute, value)
    return pairs if well_formed(body, checks) else None


def brackets(name: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [pair for key, item in value.items() for pair in brackets(f"{name}[{key}]", item)]
    if isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            return [(f"{name}[]", item) for item in value or [""]]
        return [pair for n, item in enumerate(value) for pair in brackets(f"{name}[{n}]", item)]
    spelled = {None: "", True: "true", False: "false"}
    if value is None or isinstance(value, bool):
        return [(name, spelled[value])]
    if isinstance(value, tuple):
        filename, media_type, content = value
        return [(name, (filename, content, media_type))]
    return [(name, str(value))]


def test_any_request_sequence_matches_the_model() -> None:
    app, runs, nth = small_app(), itertools.count(1), dict[tuple[str, int], str]()
    machines: list[Machine] = []
    seen: Counter[tuple[str, str, int]] = Counter()

    def begin() -> Machine:
        if machines:
            seen.update(machines.pop().seen)
        machines.append(Machine(app, f"run_{next(runs)}", nth))
        return machines[0]

    run_state_machine_as_test(
        cast(Any, begin),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=50,
            derandomize=True,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            report_multiple_bugs=False,
            suppress_health_check=[*HealthCheck],
        ),
    )
    seen.update(machines.pop().seen)
    assert seen.total() >= 100 * EXAMPLES
    # Every endpoint had requests that succeeded and requests that were rejected.
    for method, status in (("POST", 201), ("PUT", 200), ("DELETE", 204), ("GET", 200)):
        assert all(seen[method, kind, status] >= 3 for kind in KINDS)
        assert all(seen[method, kind, 404 if method == "DELETE" else 400] for kind in KINDS)
    assert seen["DELETE", "contact", 409]
