"""Creation of the server's WSGI application from its settings."""

from collections.abc import Mapping
from dataclasses import replace
from os import PathLike, fspath
from secrets import token_urlsafe
from typing import Any, cast

from flask import Flask

from mockserver.faults.latency import parse_delay
from mockserver.resources.registry import ResourceRegistry
from mockserver.sandbox.registry import SandboxRegistry
from mockserver.sandbox.sandbox import SandboxConfig
from mockserver.seeding.load import FixtureCache, Loader
from mockserver.settings import Settings
from mockserver.storage.clock import Mode
from mockserver.web import api, assets
from mockserver.web.application import Application, HookedFlask
from mockserver.web.hooks import CONTROL, Hooks
from mockserver.web.hosts import Hosts, is_loopback
from mockserver.web.request_log import RequestLog
from mockserver.webhooks.models import WebhookConfig, parse_retry_schedule
from mockserver.webhooks.registry import parse_webhook_setting

#: The path prefixes outside the two APIs; "" stands for the path "/".
PAGE_PREFIXES = (
    *("", "/dashboard", "/guide", "/llms.txt", "/docs", "/fidelity", "/openapi.json", "/_assets"),
)


def create_app(
    settings: Settings | None = None,
    fixtures: str | PathLike[str] | Mapping[str, Any] | None = None,
    log: RequestLog | None = None,
) -> Application:
    """Create the sandbox server as a WSGI application. Applications share no state.

    ``fixtures`` is a name, a file's path or a parsed document, and overrides ``settings.fixtures``.
    ``log`` writes a line for each request, by default to the logger ``mockserver``.
    Raises ``FixtureError`` for invalid fixtures or an invalid bot script, and ``ValueError`` for
    settings that contradict each other.
    """
    settings = settings or Settings()
    if fixtures is not None and not isinstance(fixtures, Mapping):
        settings = replace(settings, fixtures=fspath(fixtures))
    registry = ResourceRegistry()
    loader = Loader(registry)
    seed, clock, speed = settings.seed, cast(Mode, settings.clock), settings.speed
    if isinstance(fixtures, Mapping):
        origin = loader.load_document(
            fixtures, source="fixtures", seed=seed, clock=clock, speed=speed
        )
    else:
        origin = loader.load(settings.fixtures, seed=seed, clock=clock, speed=speed)
    if speed != 1 and origin.clock.mode != "real":
        raise ValueError(f"--speed {speed} needs --clock real; this clock is '{origin.clock.mode}'")
    sandboxes = SandboxRegistry(origin, settings.max_sandboxes, _sandbox_config(settings, registry))
    cache = FixtureCache(loader, settings.fixtures, origin)
    hosts = Hosts(settings.host, settings.allow_host)
    hooks = Hooks(
        settings, sandboxes, registry, hosts, _control_tokens(settings), log or RequestLog()
    )

    def create_control_api() -> Flask:
        from mockserver.web.control.context import AdminContext
        from mockserver.web.control.routes import install

        app = HookedFlask(hooks)
        install(app, AdminContext(settings, registry, sandboxes, cache))
        return app

    def create_pages() -> Flask:
        from mockserver.web.dashboard import page as dashboard
        from mockserver.web.docs.page import Docs
        from mockserver.web.guide.page import Guide

        app = HookedFlask(hooks)
        dashboard.install(app, settings)
        Docs().install(app)
        Guide().install(app)
        assets.install(app, sandboxes)
        return app

    pages = dict.fromkeys(PAGE_PREFIXES, create_pages)
    app = Application(hooks, cache, {CONTROL: create_control_api, **pages})
    api.install(app, registry, settings)
    return app


def _sandbox_config(settings: Settings, registry: ResourceRegistry) -> SandboxConfig:
    hosts, event_types = settings.allow_webhook_host, registry.event_types
    webhooks = WebhookConfig(
        settings.webhook_timeout,
        parse_retry_schedule(settings.webhook_retries),
        hosts,
        settings.standard_webhooks,
        [parse_webhook_setting(text, hosts, event_types) for text in settings.webhook],
    )
    script = None
    if settings.bots:
        from mockserver.bots.script_format import open_script

        script = open_script(settings.bots)
    latency = parse_delay(settings.latency) if settings.latency else None
    return SandboxConfig(latency, webhooks, script)


def _control_tokens(settings: Settings) -> tuple[str, ...]:
    """Return the tokens that the control API accepts; empty if it requires none.

    If other machines can connect and no token is configured, a random one is created. It is the
    only value that differs between runs: a token must be unpredictable.
    """
    if settings.control_token:
        return (settings.control_token,)
    if settings.token or is_loopback(settings.host):
        return settings.token
    return (token_urlsafe(18),)
