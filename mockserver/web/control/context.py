"""What the views of the control API work on, and how they read and answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from mockserver.resources.registry import ResourceRegistry
from mockserver.sandbox.registry import SandboxRegistry
from mockserver.sandbox.sandbox import DEFAULT, Sandbox
from mockserver.schema.schema import Attributes
from mockserver.seeding.cache import FixtureCache
from mockserver.settings import Settings
from mockserver.storage.world import World
from mockserver.web import parsing
from mockserver.web.auth import credential, sandbox_name
from mockserver.web.request import JsonResponse, Request
from mockserver.web.sandbox_prefix import SANDBOX_KEY

NOTHING = Attributes({})


@dataclass(frozen=True)
class AdminContext:
    """What there is to control, and which part of it a request means."""

    settings: Settings
    catalogue: ResourceRegistry
    sandboxes: SandboxRegistry
    library: FixtureCache

    def sandbox(self, call: Request) -> Sandbox:
        """The one that ``?sandbox=`` names, else the one that the URL picks, else the one that
        the token picks, else default."""
        name = call.args.get("sandbox")
        if name is not None:
            return self.sandboxes.get(name)
        if SANDBOX_KEY in call.environ:
            return self.sandboxes.open(call.environ[SANDBOX_KEY])
        header = call.environ.get("HTTP_AUTHORIZATION")
        return self.sandboxes.open(DEFAULT if header is None else sandbox_name(credential(header)))


def values(call: Request, attributes: Attributes) -> dict[str, Any]:
    """What the body says; raises ``InvalidRequest``, ``UnsupportedMediaType``."""
    return attributes.load(parsing.json_body(call)).settle()


def answer(shown: Any, status: int = 200) -> JsonResponse:
    return JsonResponse(orjson.dumps(shown), status)


def listed(entries: Sequence[Any]) -> JsonResponse:
    """A list that is whole."""
    return answer({"data": entries})


def clock_of(world: World) -> dict[str, Any]:
    """Its mode and its time; where it runs by itself, how fast."""
    clock = world.clock
    speed = {"speed": clock.speed} if clock.mode == "real" else {}
    return {"mode": clock.mode, "now": clock.now(), **speed}


def shown(sandbox: Sandbox) -> dict[str, Any]:
    """A sandbox as it stands."""
    with sandbox.read() as world:
        counts = {kind: len(records) for kind, records in world.collections.items()}
        clock = clock_of(world)
        seed = world.ids.seed
    return {
        "name": sandbox.name,
        "seed": seed,
        "clock": clock,
        "counts": counts,
        "snapshots": sandbox.snapshots.list(),
        "last_request": sandbox.journal.last,
        "faults": len(sandbox.faults.list()),
        "rate_limit": sandbox.rate_limit.get(),
        "bots": sandbox.bots.script_name,
    }
