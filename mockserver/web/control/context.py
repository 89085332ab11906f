"""Common parts of the control API's views: the context, routes, bodies and pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from inspect import cleandoc
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from flask import Response

from mockserver.errors import InvalidRequest
from mockserver.resources.registry import ResourceRegistry
from mockserver.sandbox.registry import SandboxRegistry
from mockserver.sandbox.sandbox import DEFAULT, NAME, NAME_RULE, Sandbox
from mockserver.schema.fields import StrictField
from mockserver.schema.schema import Schema
from mockserver.seeding.load import FixtureCache
from mockserver.settings import Settings
from mockserver.storage.world import World
from mockserver.web import parsing
from mockserver.web.auth import SANDBOX_KEY, credential, sandbox_name
from mockserver.web.request import Request

T = TypeVar("T")
#: A JSON object of a response.
Json = dict[str, Any]
View = TypeVar("View", bound=Callable[..., Json | Response])

EMPTY = Schema()


@dataclass(frozen=True)
class AdminContext:
    """The server that the control API controls."""

    settings: Settings
    resources: ResourceRegistry
    sandboxes: SandboxRegistry
    fixtures: FixtureCache

    def sandbox(self, request: Request) -> Sandbox:
        """Return the sandbox of ``?sandbox=``, else of the URL, else of the token, else default."""
        name = request.args.get("sandbox")
        if name is not None:
            return self.sandboxes.get(name)
        if SANDBOX_KEY in request.environ:
            return self.sandboxes.open(request.environ[SANDBOX_KEY])
        header = request.environ.get("HTTP_AUTHORIZATION")
        return self.sandboxes.open(DEFAULT if header is None else sandbox_name(credential(header)))


class Route(NamedTuple):
    """An endpoint: its method and path below ``/_sandbox``, its view, and its documentation.

    The view is called with the ``AdminContext``, the ``Request``, and the parameters of the path
    and the query. It returns a JSON object, or a response of another type. Its docstring is the
    description in the overview and the OpenAPI document.
    """

    method: str
    path: str
    view: Callable[..., Json | Response]
    #: An example of its body; None if it takes none.
    example: Any = None
    #: The schema of its body; None if the schema is not known before the request.
    body: Schema | None = None
    #: Its query parameters, apart from ``sandbox``.
    query: Mapping[str, StrictField] = MappingProxyType({})
    #: The status of its response.
    status: int = 200
    #: True if its requests belong in the sandbox's journal.
    journaled: bool = False
    #: True if a POST or PUT must have a JSON content type. A browser does not send one to another
    #: origin without a preflight, so that other pages cannot write.
    requires_json: bool = True

    @property
    def operation(self) -> str:
        """The name of its operation, such as ``take_snapshot``."""
        return self.view.__name__

    @property
    def endpoint(self) -> str:
        """Its name in Flask, OpenAPI and the journal, such as ``simulate.message``."""
        if self.journaled:
            return self.path.removeprefix("/").replace("/", ".")
        return f"control.{self.operation}"

    @property
    def description(self) -> str:
        """The view's docstring in Markdown."""
        return cleandoc(self.view.__doc__ or "").replace("``", "`")

    @property
    def summary(self) -> str:
        """The first line of the description."""
        return self.description.partition("\n")[0].removesuffix(".")


class Routes(list[Route]):
    """The routes of a module in the order of their views."""

    def add(self, method: str, path: str, **options: Any) -> Callable[[View], View]:
        """Return a decorator that adds a view; the options are the fields of ``Route``."""

        def decorate(view: View) -> View:
            self.append(Route(method, path, view, **options))
            return view

        return decorate


def read_body(request: Request, schema: Schema) -> Json:
    """Return the validated JSON body; raises ``InvalidRequest``, ``UnsupportedMediaType``."""
    return schema.validated(parsing.json_body(request)).raise_for_errors()


def raise_for_items(items: Iterable[T], check: Callable[[T], Iterable[str]]) -> None:
    """Raise ``InvalidRequest`` with the problems of all items of a body's ``data``."""
    problems = [
        f"data[{index}].{problem}" for index, item in enumerate(items) for problem in check(item)
    ]
    if problems:
        raise InvalidRequest(problems)


def require_name(noun: str, name: str) -> None:
    """Raise ``InvalidRequest`` unless a name from the path is valid."""
    if not NAME.fullmatch(name):
        raise InvalidRequest(f"invalid {noun} name '{name}': {NAME_RULE}")


def page(items: Sequence[T], limit: int, evicted: int, to_json: Callable[[T], Any]) -> Json:
    """Return the first ``limit`` items of a log from which ``evicted`` items are gone."""
    data = [to_json(item) for item in items[:limit]]
    return {"has_more": len(items) > limit, "evicted": evicted, "data": data}


def clock_to_dict(world: World) -> Json:
    """Return the mode and time of a world's clock, and the speed of a real one."""
    clock = world.clock
    speed = {"speed": clock.speed} if clock.mode == "real" else {}
    return {"mode": clock.mode, "now": clock.now(), **speed}


def sandbox_to_dict(sandbox: Sandbox) -> Json:
    """Return the current state of a sandbox in numbers."""
    with sandbox.read() as world:
        counts = {kind: len(records) for kind, records in world.collections.items()}
        clock = clock_to_dict(world)
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
