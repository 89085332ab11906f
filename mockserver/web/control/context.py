"""Common parts of the control API's views: requests, routes and pages."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from inspect import cleandoc
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import orjson
from flask import Response

from mockserver.errors import InvalidRequest
from mockserver.resources.registry import ResourceRegistry
from mockserver.sandbox.registry import SandboxRegistry
from mockserver.sandbox.sandbox import DEFAULT, NAME, NAME_RULE, Sandbox
from mockserver.schema.fields import StrictField
from mockserver.schema.schema import Schema, ValidatedInput
from mockserver.seeding.load import FixtureCache
from mockserver.settings import Settings
from mockserver.unpatched import read_data
from mockserver.web.assets import localize
from mockserver.web.auth import SANDBOX_KEY, credential, sandbox_name
from mockserver.web.request import JSON, Request

#: An example body for each operation that takes a body.
EXAMPLES: dict[str, Any] = orjson.loads(read_data(__package__, "examples.json"))

T = TypeVar("T")
Json = dict[str, Any]  # an object of a response
Fields = Mapping[str, StrictField]
View = TypeVar("View", bound=Callable[..., Json | Response])


@dataclass(frozen=True)
class AdminContext:
    """The parts of the server that the control API uses."""

    settings: Settings
    resources: ResourceRegistry
    sandboxes: SandboxRegistry
    fixtures: FixtureCache


@dataclass
class ControlRequest:
    """A request to the control API; ``draft`` is its body as validated by the route's schema."""

    context: AdminContext
    http: Request
    draft: ValidatedInput = field(default_factory=ValidatedInput)

    @property
    def body(self) -> Json:
        return self.draft.values

    @cached_property
    def sandbox(self) -> Sandbox:
        """The sandbox that ``?sandbox=``, the URL or the token selects; else the default one."""
        sandboxes, environ = self.context.sandboxes, self.http.environ
        name = self.http.args.get("sandbox")
        if name is not None:
            return sandboxes.get(name)
        if SANDBOX_KEY in environ:
            return sandboxes.open(environ[SANDBOX_KEY])
        header = environ.get("HTTP_AUTHORIZATION")
        return sandboxes.open(DEFAULT if header is None else sandbox_name(credential(header)))

    def localize(self, value: Json) -> Json:
        """Return a copy of an object or a page whose asset URLs are on this server."""
        localized: Json = localize(value, self.http.host_url, self.sandbox.name)
        return localized


class Route(NamedTuple):
    """An endpoint. ``path`` is relative to ``/_sandbox``.

    The view is called with a ``ControlRequest`` and the parameters of the path and the query. It
    returns a JSON object, or a response of another type. Its docstring is the description in the
    overview and the OpenAPI document.
    """

    method: str
    path: str
    view: Callable[..., Json | Response]
    #: None if the endpoint takes no body, or the view reads the body itself.
    body: Schema | None = None
    #: The query parameters besides ``sandbox``.
    query: Fields = MappingProxyType({})
    status: int = 200
    #: True for a simulated action: it is journaled, and its view reports the problems of the body
    #: together with other problems.
    simulated: bool = False
    #: True if a POST or PUT must have a JSON content type. A browser sends that to another origin
    #: only after a preflight, so pages of other origins cannot write.
    requires_json: bool = True
    #: The media type of a successful response.
    media_type: str = JSON

    @property
    def operation(self) -> str:
        """The operation's name, such as ``take_snapshot``."""
        return self.view.__name__

    @property
    def example(self) -> Any:
        """An example body; None if the endpoint takes no body."""
        return EXAMPLES.get(self.operation)

    @property
    def endpoint(self) -> str:
        """The endpoint's name in Flask, OpenAPI and the journal, such as ``simulate.message``."""
        if self.simulated:
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
    """The routes of a module, in order."""

    def add(
        self, method: str, path: str, body: Schema | Fields | None = None, **options: Any
    ) -> Callable[[View], View]:
        """Return a decorator that adds a view. The options are the other fields of ``Route``."""
        schema = Schema.with_fields(**body) if isinstance(body, Mapping) else body

        def decorate(view: View) -> View:
            self.append(Route(method, path, view, body=schema, **options))
            return view

        return decorate


def item_problems(items: Iterable[T], check: Callable[[T], Iterable[str]]) -> Iterator[str]:
    """Yield the problems of all items of ``data`` in a body."""
    for index, item in enumerate(items):
        yield from (f"data[{index}].{problem}" for problem in check(item))


def require_name(noun: str, name: str) -> None:
    """Raise ``InvalidRequest`` unless a name from the path is valid."""
    if not NAME.fullmatch(name):
        raise InvalidRequest(f"invalid {noun} name '{name}': {NAME_RULE}")


def page(items: Sequence[T], limit: int, evicted: int, to_json: Callable[[T], Any]) -> Json:
    """Return a page of a log: its first ``limit`` items, and the number of evicted ones."""
    data = [to_json(item) for item in items[:limit]]
    return {"has_more": len(items) > limit, "evicted": evicted, "data": data}
