"""The Flask application, put together from its parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any, cast

from mockserver.core.clock import Mode
from mockserver.instruments.webhooks.terms import Terms, schedule
from mockserver.resources.catalogue import Catalogue
from mockserver.sandbox import Setup
from mockserver.sandboxes import Sandboxes
from mockserver.seeding.library import Library
from mockserver.seeding.load import Loader
from mockserver.settings import Settings
from mockserver.web import api
from mockserver.web.application import Application, Late
from mockserver.web.hosts import Hosts, is_loopback
from mockserver.web.pipeline import CONTROL, Pipeline

if TYPE_CHECKING:
    from mockserver.cast.script import Script
    from mockserver.instruments.faults.fault import Fault

ASSETS = "/_assets"


def create_app(
    settings: Settings | None = None, fixtures: str | Mapping[str, Any] | None = None
) -> Application:
    """The sandbox server as a WSGI application; two of them share nothing.

    ``fixtures`` is a name, a file's path or a parsed document, and goes before the one in
    ``settings``. Raises ``BadFixtures``, for a ``cast`` too; ``ValueError`` for a ``latency``,
    ``webhook`` or ``webhook_retries`` that is none, and for a ``speed`` without a real clock.
    """
    settings = settings or Settings()
    if isinstance(fixtures, str):
        settings = replace(settings, fixtures=fixtures)
    catalogue = Catalogue()
    loader = Loader(catalogue)
    seed, clock, speed = settings.seed, cast(Mode, settings.clock), settings.speed
    if isinstance(fixtures, Mapping):
        origin = loader.world(fixtures, source="fixtures", seed=seed, clock=clock, speed=speed)
    else:
        origin = loader.open(settings.fixtures, seed=seed, clock=clock, speed=speed)
    if speed != 1 and origin.clock.mode != "real":
        raise ValueError(f"--speed {speed} needs --clock real; this clock is '{origin.clock.mode}'")
    sandboxes = Sandboxes(origin, settings.max_sandboxes, _setup(settings, catalogue))

    hosts = Hosts(settings.host, settings.allow_host)
    library = Library(loader, settings.fixtures, origin)
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


def _assets(sandboxes: Sandboxes) -> Iterable[Late]:
    from mockserver.web import asset_files

    return asset_files.routes(sandboxes)


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
    settings: Settings, catalogue: Catalogue, sandboxes: Sandboxes, library: Library
) -> Iterable[Late]:
    from mockserver.web.control import routes
    from mockserver.web.control.control import Control

    return routes.routes(Control(settings, catalogue, sandboxes, library))


def _setup(settings: Settings, catalogue: Catalogue) -> Setup:
    terms = Terms(
        settings.webhook_timeout,
        schedule(settings.webhook_retries),
        settings.allow_webhook_host,
        settings.standard_webhooks,
        _webhooks(settings, catalogue) if settings.webhook else (),
    )
    return Setup(
        _latency(settings.latency) if settings.latency else None,
        terms,
        _script(settings.cast) if settings.cast else None,
    )


def _script(source: str) -> Script:
    from mockserver.cast.repertoire import open_script

    return open_script(source)


def _latency(text: str) -> Fault:
    from mockserver.instruments.faults.delays import delay

    return delay(text)


def _webhooks(settings: Settings, catalogue: Catalogue) -> list[dict[str, Any]]:
    from mockserver.instruments.webhooks.start import start

    hosts, types = settings.allow_webhook_host, catalogue.event_types
    return [start(text, hosts, types) for text in settings.webhook]


def _control_tokens(settings: Settings) -> tuple[str, ...]:
    """The tokens that open the control API; none are needed on a laptop's loopback.

    Where other machines can call and no token was given, one is made up: the only thing here that
    differs from run to run, since nobody may guess it.
    """
    if settings.token or is_loopback(settings.host):
        return settings.token
    return (token_urlsafe(18),)
