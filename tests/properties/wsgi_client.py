"""Requests to the application without a socket, and its complete state."""

from __future__ import annotations

import json
import marshal
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from mockserver.settings import Settings
from mockserver.web.app import create_app
from mockserver.web.application import Application
from tests.conftest import HttpResponse
from tests.properties.model import document

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


def small_app(**settings: Any) -> Application:
    """Return an application with the small world and room for many sandboxes."""
    return create_app(Settings(max_sandboxes=100_000, **settings), fixtures=document())


class WsgiClient:
    """A client of one sandbox, with access to its state."""

    def __init__(self, app: Application, sandbox: str) -> None:
        self.app = app
        self.sandbox = sandbox
        self.headers = {"Authorization": f"Bearer sandbox_{sandbox}"}

    def __call__(self, method: str, path: str, **options: Any) -> HttpResponse:
        """Send a request; the options are those of werkzeug's ``EnvironBuilder``."""
        if "json" in options:  # encode here: Flask's JSON would sort the keys
            options["data"] = json.dumps(options.pop("json"))
            options["content_type"] = "application/json"
        builder = EnvironBuilder(path, method=method, headers=Headers(self.headers), **options)
        return self.send(builder.get_environ())

    def send(self, environ: WSGIEnvironment) -> HttpResponse:
        """Call the application directly, as the test client would copy the request twice."""
        body, status, headers = run_wsgi_app(self.app, environ, buffered=True)
        return HttpResponse(int(status.split()[0]), headers, b"".join(body))

    def state(self) -> bytes:
        """Return everything that a request could change, including the clock and the next ids."""
        with self.app.sandboxes.open(self.sandbox).read() as world:
            records = {kind: [*items.find(())] for kind, items in world.collections.items()}
            files = {record_id: content.data for record_id, content in world.files.items()}
            tables = [sorted(files.items()), sorted(world.departed.items())]
            clock, ids = world.clock.state(), sorted(world.ids.counts.items())
            # Version 2 has no back references: the bytes depend on the values alone. Much faster
            # than repr(), and no less exact.
            return marshal.dumps((records, tables, clock, ids, world.user_id), 2)

    def files(self) -> dict[str, bytes]:
        """Return the stored bytes by attachment id."""
        with self.app.sandboxes.open(self.sandbox).read() as world:
            return {record_id: content.data for record_id, content in world.files.items()}
