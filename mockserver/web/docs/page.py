"""The OpenAPI document, Swagger UI for both documents (``/docs``), and the page ``/fidelity``."""

from functools import cached_property
from typing import Any

import orjson
from flask import Flask, Response

from mockserver.contract.fidelity.provenance import counts, rows
from mockserver.contract.openapi.document import document, server
from mockserver.contract.openapi.sdk import sdk_document
from mockserver.errors import InvalidRequest, NotFound
from mockserver.schema.fields import repr_value
from mockserver.unpatched import read_text
from mockserver.web.pages import create_environment, file_response, html_response
from mockserver.web.request import JSON, current_request

PACKAGE = "mockserver.web.docs"
#: The files of Swagger UI that the page loads.
SWAGGER_FILES = (
    "swagger-ui.css",
    "swagger-ui-bundle.js",
    "swagger-ui-standalone-preset.js",
    "favicon-32x32.png",
)
#: Swagger UI sets inline styles, and its icons are data URLs.
SWAGGER_POLICY = (
    "script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'"
)


class Docs:
    """The routes of the API's documentation. Each OpenAPI document is built on first use."""

    def install(self, app: Flask) -> None:
        app.add_url_rule("/openapi.json", "docs.openapi", self.serve_openapi)
        app.add_url_rule("/docs", "docs.page", self.serve_swagger)
        app.add_url_rule("/docs/<name>", "docs.file", self.serve_file)
        app.add_url_rule("/fidelity", "docs.fidelity", self.serve_fidelity)

    @cached_property
    def _document(self) -> dict[str, Any]:
        return document("")

    @cached_property
    def _sdk_document(self) -> dict[str, Any]:
        return sdk_document("")

    def serve_openapi(self) -> Response:
        """Serve a document with the URL of this server as its first server."""
        request = current_request()
        reader = request.args.get("for")
        if reader not in (None, "sdk"):
            raise InvalidRequest(f"for: must be 'sdk' or left out, not {repr_value(reader)}")
        openapi = self._sdk_document if reader else self._document
        servers = [server(request.host_url), *openapi["servers"][1:]]
        text = orjson.dumps({**openapi, "servers": servers})
        # Pages of any origin may read the document, as they may call the API.
        return Response(text, headers={"Access-Control-Allow-Origin": "*"}, content_type=JSON)

    def serve_swagger(self) -> Response:
        return html_response(read_text(PACKAGE, "api.html"), SWAGGER_POLICY)

    def serve_file(self, name: str) -> Response:
        if name in ("api.js", "fidelity.css"):
            return file_response(PACKAGE, name)
        if name in SWAGGER_FILES:
            return file_response("flask_swagger_ui", f"dist/{name}")
        raise NotFound(f"the API page has no file '{name}'")

    def serve_fidelity(self) -> Response:
        template = create_environment((PACKAGE, ".")).get_template("fidelity.html")
        text = template.render(rows=rows(), counts=counts(rows()))
        return html_response(text, "style-src 'self'")
