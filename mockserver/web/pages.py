"""Everything outside the two APIs: the dashboard, documentation, the guide and assets."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import orjson
from flask import Flask, Response

from mockserver.contract.openapi.document import document, server
from mockserver.sandbox.registry import SandboxRegistry
from mockserver.settings import Settings
from mockserver.web import assets
from mockserver.web.dashboard.page import Dashboard
from mockserver.web.docs import api_page, fidelity_page
from mockserver.web.guide.page import Guide
from mockserver.web.request import JSON, current_request


class OpenApiDocument:
    """The Protocol API's OpenAPI document, built when first requested."""

    @cached_property
    def _document(self) -> dict[str, Any]:
        return document("")

    def serve(self) -> Response:
        """Respond with the document; its first server is the called one."""
        all_servers = [server(current_request().host_url), *self._document["servers"][1:]]
        text = orjson.dumps({**self._document, "servers": all_servers})
        # Pages of any origin may read it, as they may call the API.
        return Response(text, headers={"Access-Control-Allow-Origin": "*"}, content_type=JSON)


def install(app: Flask, settings: Settings, sandboxes: SandboxRegistry) -> None:
    """Add the routes of all pages to an application."""
    Dashboard(settings).install(app)
    app.add_url_rule("/openapi.json", "openapi", OpenApiDocument().serve)
    api_page.install(app)
    fidelity_page.install(app)
    Guide().install(app)
    assets.install(app, sandboxes)
