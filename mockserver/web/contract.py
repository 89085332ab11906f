"""The Protocol API's OpenAPI document, as it is served and printed."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import orjson
from flask import Flask, Response

from mockserver.contract.openapi.document import document, servers
from mockserver.web.request import JSON, current_request

PATH = "/openapi.json"
#: Any page may read it, as it may call the API.
ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}


class Contract:
    """The document, made once; of each server that is asked for, it names the URL."""

    @cached_property
    def _document(self) -> dict[str, Any]:
        return document("")

    def text(self, url: str) -> bytes:
        """The document of a server at ``url``, as JSON."""
        named = [servers(url), *self._document["servers"][1:]]
        return orjson.dumps({**self._document, "servers": named})

    def serve(self) -> Response:
        text = self.text(current_request().host_url)
        return Response(text, headers=ANY_ORIGIN, content_type=JSON)

    def install(self, app: Flask) -> None:
        """Add the route to an application."""
        app.add_url_rule(PATH, "openapi", self.serve)
