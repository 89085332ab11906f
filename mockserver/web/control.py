"""The control API, ``/_sandbox``: what only a sandbox has.

Each endpoint is a row of ``ROUTES``, which the overview shows too, and a method of ``Control``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from flask import Flask

from mockserver import __version__
from mockserver.core.clock import MODES
from mockserver.errors import Forbidden, InvalidRequest
from mockserver.sandbox import DEFAULT, NAME, NAME_RULE, PARTS, Sandbox, Sandboxes
from mockserver.schema.attributes import Attributes
from mockserver.schema.fields import LATEST, Attribute, Choice, Choices, Text, Timestamp, Whole
from mockserver.seeding.dump import document
from mockserver.seeding.library import Library
from mockserver.seeding.load import BadFixtures
from mockserver.settings import Settings
from mockserver.web import parsing, requests
from mockserver.web.auth import credential, sandbox_name
from mockserver.web.call import Answer, Call, current
from mockserver.web.mounts import PICKED
from mockserver.web.routes import ROOT, ROUTES, TWINS

CREATE = Attributes(
    {
        "name": Text(required=True),
        "fixtures": Text(),
        "seed": Text(),
        "clock": Choice(MODES),
    }
)
RESET = Attributes({"only": Choices(PARTS)})
CLOCK = Attributes({"mode": Choice(MODES), "now": Timestamp()})
ADVANCE = Attributes({"seconds": Whole(0, LATEST, required=True)})
NOTHING = Attributes({})
QUERY: Mapping[str, Attribute] = {"sandbox": Text()}


@dataclass(frozen=True)
class Control:
    """The endpoints, on the sandbox that each request names."""

    settings: Settings
    sandboxes: Sandboxes
    library: Library

    def install(self, app: Flask) -> None:
        for route in ROUTES:
            view = _guarded(
                getattr(self, route.operation),
                Attributes({**route.parameters, **QUERY}, noun="parameter"),
            )
            endpoint = f"control.{route.operation}"
            app.add_url_rule(ROOT + route.path, endpoint, view, methods=[route.method])
            if route.method in TWINS:
                verb = TWINS[route.method]
                app.add_url_rule(
                    f"{ROOT}{route.path}/{verb}", f"{endpoint}.{verb}", view, methods=["POST"]
                )

    # the server

    def overview(self, call: Call) -> Answer:
        settings = {**asdict(self.settings), "token": len(self.settings.token)}
        endpoints = [
            {
                "method": route.method,
                "path": ROOT + route.path.replace("<name>", "NAME"),
                "about": route.about,
                **({} if route.example is None else {"example": route.example}),
            }
            for route in ROUTES
        ]
        sandboxes = [self._shown(each) for each in self.sandboxes.all()]
        return _answer(
            {
                "version": __version__,
                "settings": settings,
                "sandboxes": sandboxes,
                "endpoints": endpoints,
            }
        )

    def health(self, call: Call) -> Answer:
        return _answer({"status": "ok", "version": __version__})

    def ready(self, call: Call) -> Answer:
        return _answer({"status": "ready", "fixtures": self.settings.fixtures})

    # sandboxes

    def list_sandboxes(self, call: Call) -> Answer:
        return _answer({"data": [self._shown(each) for each in self.sandboxes.all()]})

    def create_sandbox(self, call: Call) -> Answer:
        values = _values(call, CREATE)
        if not NAME.fullmatch(values["name"]):
            raise InvalidRequest(f"name: {NAME_RULE}")
        origin = self.library.world(
            values.get("fixtures", self.settings.fixtures), values.get("seed"), values.get("clock")
        )
        return _answer(self._shown(self.sandboxes.create(values["name"], origin)), 201)

    def retrieve_sandbox(self, call: Call, name: str) -> Answer:
        return _answer(self._shown(self.sandboxes.get(name)))

    def delete_sandbox(self, call: Call, name: str) -> Answer:
        self.sandboxes.delete(name)
        return _answer({"deleted": name})

    def reset(self, call: Call) -> Answer:
        values = _values(call, RESET)
        sandbox = self._sandbox(call)
        sandbox.reset(values.get("only", PARTS))
        return _answer(self._shown(sandbox))

    # state and snapshots

    def retrieve_state(self, call: Call) -> Answer:
        with self._sandbox(call).reading() as world:
            state = document(world, self.library.loader.format)
        return _answer(state)

    def replace_state(self, call: Call) -> Answer:
        sandbox = self._sandbox(call)
        given = parsing.json_body(call)
        try:
            world = self.library.loader.world(given, source="state", seed=self.settings.seed)
        except BadFixtures as error:
            raise InvalidRequest(error.problems) from None
        sandbox.load(world)
        return _answer(self._shown(sandbox))

    def list_snapshots(self, call: Call) -> Answer:
        return _answer({"data": [{"name": name} for name in self._sandbox(call).snapshots()]})

    def take_snapshot(self, call: Call, name: str) -> Answer:
        _values(call, NOTHING)
        if not NAME.fullmatch(name):
            raise InvalidRequest(f"'{name}' is no name of a snapshot: {NAME_RULE}")
        self._sandbox(call).take_snapshot(name)
        return _answer({"name": name})

    def restore_snapshot(self, call: Call, name: str) -> Answer:
        _values(call, NOTHING)
        sandbox = self._sandbox(call)
        sandbox.restore_snapshot(name)
        return _answer(self._shown(sandbox))

    def delete_snapshot(self, call: Call, name: str) -> Answer:
        self._sandbox(call).delete_snapshot(name)
        return _answer({"deleted": name})

    # the clock

    def retrieve_clock(self, call: Call) -> Answer:
        return _answer(self._clock(self._sandbox(call)))

    def replace_clock(self, call: Call) -> Answer:
        values = _values(call, CLOCK)
        sandbox = self._sandbox(call)
        sandbox.set_clock(values.get("mode"), values.get("now"))
        return _answer(self._clock(sandbox))

    def advance_clock(self, call: Call) -> Answer:
        values = _values(call, ADVANCE)
        sandbox = self._sandbox(call)
        sandbox.advance(values["seconds"])
        return _answer(self._clock(sandbox))

    # what happened

    def list_requests(self, call: Call, **values: Any) -> Answer:
        return _answer(requests.listed(self._sandbox(call).journal, values))

    def retrieve_request(self, call: Call, name: str) -> Answer:
        return _answer(requests.retrieved(self._sandbox(call).journal, name))

    def remove_requests(self, call: Call) -> Answer:
        values = _values(call, requests.REMOVE) if call.content_length else {}
        return _answer(requests.removed(self._sandbox(call).journal, values))

    def verify_requests(self, call: Call) -> Answer:
        values = _values(call, requests.VERIFY)
        return _answer(requests.verified(self._sandbox(call).journal, values))

    def await_requests(self, call: Call) -> Answer:
        values = _values(call, requests.WAIT)
        journal, parking = self._sandbox(call).journal, call.environ.get("mockserver.parking")
        with parking.parked() if parking else nullcontext():
            return _answer(requests.awaited(journal, values, parking))

    def list_changes(self, call: Call, since: str | None = None) -> Answer:
        return _answer(requests.changed(self._sandbox(call).journal, since))

    # which sandbox, and how it is shown

    def _sandbox(self, call: Call) -> Sandbox:
        """The one that ``?sandbox=`` names, else the one that the token picks, else default.

        A client in the process may have picked it beforehand.
        """
        name = call.args.get("sandbox", call.environ.get(PICKED))
        if name is not None:
            return self.sandboxes.get(name)
        header = call.environ.get("HTTP_AUTHORIZATION")
        return self.sandboxes.open(DEFAULT if header is None else sandbox_name(credential(header)))

    def _shown(self, sandbox: Sandbox) -> dict[str, Any]:
        with sandbox.reading() as world:
            counts = {kind: len(records) for kind, records in world.collections.items()}
            clock = {"mode": world.clock.mode, "now": world.clock.now()}
            seed = world.ids.seed
        return {
            "name": sandbox.name,
            "seed": seed,
            "clock": clock,
            "counts": counts,
            "snapshots": sandbox.snapshots(),
        }

    def _clock(self, sandbox: Sandbox) -> dict[str, Any]:
        clock: dict[str, Any] = self._shown(sandbox)["clock"]
        return clock


def _guarded(view: Callable[..., Answer], parameters: Attributes) -> Callable[..., Answer]:
    """The view, with the query's values, for requests that no page of another origin has sent."""

    def guarded(**names: str) -> Answer:
        call = current()
        origin = call.environ.get("HTTP_ORIGIN")
        if origin is not None and origin.partition("://")[2] != call.environ.get("HTTP_HOST"):
            raise Forbidden(
                f"the control API answers no page of another origin ('{origin[:100]}'); "
                "call it from a program, or from a page of this server"
            )
        values = parsing.query(call, parameters).settle()
        values.pop("sandbox", None)
        return view(call, **names, **values)

    return guarded


def _values(call: Call, attributes: Attributes) -> dict[str, Any]:
    return attributes.load(parsing.json_body(call)).settle()


def _answer(shown: Any, status: int = 200) -> Answer:
    return Answer(orjson.dumps(shown), status)
