"""Everything that a browser shows: the dashboard, the guide, the API page, documents and assets."""

from __future__ import annotations

from flask import Flask

from mockserver.sandbox.registry import SandboxRegistry
from mockserver.settings import Settings
from mockserver.web import assets
from mockserver.web.contract import Contract
from mockserver.web.dashboard.page import Dashboard
from mockserver.web.docs import page as docs
from mockserver.web.fidelity import page as fidelity
from mockserver.web.guide.page import Guide


def install(app: Flask, settings: Settings, sandboxes: SandboxRegistry) -> None:
    """Add the routes of all pages to an application."""
    Dashboard(settings).install(app)
    Contract().install(app)
    docs.install(app)
    fidelity.install(app)
    Guide().install(app)
    assets.install(app, sandboxes)
