"""The Flask application, put together from its parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any, cast

from mockserver.resources.registry import ResourceRegistry
from mockserver.sandbox.registry import SandboxRegistry
from mockserver.sandbox.sandbox import SandboxConfig
from mockserver.seeding.cache import FixtureCache
from mockserver.seeding.load import Loader
from mockserver.settings import Settings
from mockserver.storage.clock import Mode
from mockserver.web import api
from mockserver.web.application import Application, Late
from mockserver.web.hooks import CONTROL, Pipeline
from mockserver.web.hosts import Hosts, is_loopback
from mockserver.webhooks.models import WebhookConfig, parse_retry_schedule

if TYPE_CHECKING:
    from mockserver.bots.script import Script
    from mockserver.faults.base import Fault

ASSETS = "/_assets"


def create_app(
    settings: Settings | None = None, fixtures: str | Mapping[str, Any] | None = None
) -> Application:
    """The sandbox server as a WSGI application; two of them share nothing.

    ``fixtures`` is a name, a file's path or a parsed document, and goes before the one in
    ``settings``. Raises ``FixtureError``, for a ``bots`` too; ``ValueError`` for a ``latency``,
    ``webhook`` or ``webhook_retries`` that is none, and for a ``speed`` without a real clock.
    """
    settings = settings or Settings()
    if isinstance(fixtures, str):
        settings = replace(settings, fixtures=fixtures)
    catalogue = ResourceRegistry()
    loader = Loader(catalogue)
    seed, clock, speed = settings.seed, cast(Mode, settings.clock), settings.speed
    if isinstance(fixtures, Mapping):
        origin = loader.world(fixtures, source="fixtures", seed=seed, clock=clock, speed=speed)
    else:
        origin = loader.open(settings.fixtures, seed=seed, clock=clock, speed=speed)
    if speed != 1 and origin.clock.mode != "real":
        raise ValueError(f"--speed {speed} needs --clock real; this clock is '{origin.clock.mode}'")
    sandboxes = SandboxRegistry(origin, settings.max_sandboxes, _setup(settings, catalogue))

    hosts = Hosts(settings.host, settings.allow_host)
    library = FixtureCache(loader, settings.fixtures, origin)
    app = Application(Pipeline(settings, sandboxes, hosts, _control_tokens(settings)), library)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    api.install(app, catalogue, settings)
    app.add_later(ASSETS, lambda: _assets(sandboxes))
    app.add_later("/openapi.json", _contract)
    app.add_later("/docs", _docs)
    app.add_later("/fidelity", _fidelity)
    app.add_later("/dashboard", lambda: _dashboard(settings), home=True)
    app.add_later(CONTROL, lambda: _control(settings, catalogue, sandboxes, library))
    return app


def _assets(sandboxes: SandboxRegistry) -> Iterable[Late]:
    from mockserver.web import assets

    return assets.routes(sandboxes)


def _contract() -> Iterable[Late]:
    from mockserver.web.contract import Contract

    return Contract().routes()


def _docs() -> Iterable[Late]:
    from mockserver.web.docs import page

    return page.routes()


def _fidelity() -> Iterable[Late]:
    from mockserver.web.fidelity import page

    return page.routes()


def _dashboard(settings: Settings) -> Iterable[Late]:
    from mockserver.web.dashboard.page import Dashboard

    return Dashboard(settings).routes()


def _control(
    settings: Settings,
    catalogue: ResourceRegistry,
    sandboxes: SandboxRegistry,
    library: FixtureCache,
) -> Iterable[Late]:
    from mockserver.web.control import routes
    from mockserver.web.control.context import AdminContext

    return routes.routes(AdminContext(settings, catalogue, sandboxes, library))


def _setup(settings: Settings, catalogue: ResourceRegistry) -> SandboxConfig:
    terms = WebhookConfig(
        settings.webhook_timeout,
        parse_retry_schedule(settings.webhook_retries),
        settings.allow_webhook_host,
        settings.standard_webhooks,
        _webhooks(settings, catalogue) if settings.webhook else (),
    )
    return SandboxConfig(
        _latency(settings.latency) if settings.latency else None,
        terms,
        _script(settings.bots) if settings.bots else None,
    )


def _script(source: str) -> Script:
    from mockserver.bots.script_format import open_script

    return open_script(source)


def _latency(text: str) -> Fault:
    from mockserver.faults.latency import delay

    return delay(text)


def _webhooks(settings: Settings, catalogue: ResourceRegistry) -> list[dict[str, Any]]:
    from mockserver.webhooks.registry import parse_webhook_setting

    hosts, types = settings.allow_webhook_host, catalogue.event_types
    return [parse_webhook_setting(text, hosts, types) for text in settings.webhook]


def _control_tokens(settings: Settings) -> tuple[str, ...]:
    """The tokens that open the control API; none are needed on a laptop's loopback.

    Where other machines can call and no token was given, one is made up: the only thing here that
    differs from run to run, since nobody may guess it.
    """
    if settings.token or is_loopback(settings.host):
        return settings.token
    return (token_urlsafe(18),)
