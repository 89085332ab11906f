"""The Protocol API's OpenAPI document over HTTP."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import orjson
from flask import Flask, Response

from mockserver.contract.openapi.document import document, server
from mockserver.web.request import JSON, current_request

PATH = "/openapi.json"
#: Pages of any origin may read it, as they may call the API.
ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}


class Contract:
    """The OpenAPI document, built once."""

    @cached_property
    def _document(self) -> dict[str, Any]:
        return document("")

    def text(self, url: str) -> bytes:
        """Return the document of a server at ``url``, as JSON."""
        named = [server(url), *self._document["servers"][1:]]
        return orjson.dumps({**self._document, "servers": named})

    def serve(self) -> Response:
        text = self.text(current_request().host_url)
        return Response(text, headers=ANY_ORIGIN, content_type=JSON)

    def install(self, app: Flask) -> None:
        """Add the route to an application."""
        app.add_url_rule(PATH, "openapi", self.serve)
