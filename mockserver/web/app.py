"""`create_app`: the server as a WSGI application, from its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any, cast

from flask import Flask

from mockserver.resources.registry import ResourceRegistry
from mockserver.sandbox.registry import SandboxRegistry
from mockserver.sandbox.sandbox import SandboxConfig
from mockserver.seeding.cache import FixtureCache
from mockserver.seeding.load import Loader
from mockserver.settings import Settings
from mockserver.storage.clock import Mode
from mockserver.web import api
from mockserver.web.application import Application, HookedFlask
from mockserver.web.hooks import CONTROL, Hooks
from mockserver.web.hosts import Hosts, is_loopback
from mockserver.webhooks.models import WebhookConfig, parse_retry_schedule

if TYPE_CHECKING:
    from mockserver.bots.script import Script
    from mockserver.faults.base import Fault

#: The path prefixes of `web.pages`; "" is the root itself.
PAGE_PREFIXES = ("", "/dashboard", "/guide", "/docs", "/fidelity", "/openapi.json", "/_assets")


def create_app(
    settings: Settings | None = None, fixtures: str | Mapping[str, Any] | None = None
) -> Application:
    """Create the sandbox server as a WSGI application; two of them share nothing.

    ``fixtures`` is a name, a file's path or a parsed document, and overrides the one in
    ``settings``. Raises ``FixtureError`` for invalid fixtures or an invalid bot script, and
    ``ValueError`` for settings that contradict each other.
    """
    settings = settings or Settings()
    if isinstance(fixtures, str):
        settings = replace(settings, fixtures=fixtures)
    registry = ResourceRegistry()
    loader = Loader(registry)
    seed, clock, speed = settings.seed, cast(Mode, settings.clock), settings.speed
    if isinstance(fixtures, Mapping):
        origin = loader.world(fixtures, source="fixtures", seed=seed, clock=clock, speed=speed)
    else:
        origin = loader.open(settings.fixtures, seed=seed, clock=clock, speed=speed)
    if speed != 1 and origin.clock.mode != "real":
        raise ValueError(f"--speed {speed} needs --clock real; this clock is '{origin.clock.mode}'")
    sandboxes = SandboxRegistry(origin, settings.max_sandboxes, _setup(settings, registry))
    cache = FixtureCache(loader, settings.fixtures, origin)
    hosts = Hosts(settings.host, settings.allow_host)
    hooks = Hooks(settings, sandboxes, hosts, _control_tokens(settings))

    def create_control_api() -> Flask:
        from mockserver.web.control.context import AdminContext
        from mockserver.web.control.routes import install

        app = HookedFlask(hooks)
        install(app, AdminContext(settings, registry, sandboxes, cache))
        return app

    def create_pages() -> Flask:
        from mockserver.web.pages import install

        app = HookedFlask(hooks)
        install(app, settings, sandboxes)
        return app

    pages = dict.fromkeys(PAGE_PREFIXES, create_pages)
    app = Application(hooks, cache, {CONTROL: create_control_api, **pages})
    api.install(app, registry, settings)
    return app


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
    from mockserver.faults.latency import parse_delay

    return parse_delay(text)


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
