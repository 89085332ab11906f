"""Requests to the application without a socket, and its complete state."""

from __future__ import annotations

import json
from typing import Any

from mockserver.settings import Settings
from mockserver.web.app import create_app
from mockserver.web.application import Application
from tests.conftest import Answer
from tests.properties.model import document


def small_app(**settings: Any) -> Application:
    """Return an application with the small world and room for many sandboxes."""
    return create_app(Settings(max_sandboxes=100_000, **settings), fixtures=document())


class Inside:
    """A client of one sandbox, with access to its state."""

    def __init__(self, app: Application, sandbox: str) -> None:
        self.app = app
        self.sandbox = sandbox
        self.client = app.test_client(use_cookies=False)
        self.headers = {"Authorization": f"Bearer sandbox_{sandbox}"}

    def __call__(self, method: str, path: str, **options: Any) -> Answer:
        """Send a request; the options are those of the test client's ``open``."""
        if "json" in options:  # encode here: Flask's JSON would sort the keys
            options["data"] = json.dumps(options.pop("json"))
            options["content_type"] = "application/json"
        response = self.client.open(path, method=method, headers=self.headers, **options)
        return Answer(response.status_code, response.headers, response.data)

    def state(self) -> str:
        """Return everything that a request could change, including the clock and the next ids."""
        with self.app.sandboxes.open(self.sandbox).read() as world:
            records = {kind: [*found.find(())] for kind, found in world.collections.items()}
            tables = [sorted(table.items()) for table in (world.files, world.departed)]
            clock, ids = world.clock.state(), sorted(world.ids.counts.items())
            return repr((records, tables, clock, ids, world.user_id))

    def files(self) -> dict[str, bytes]:
        """Return the stored bytes by attachment id."""
        with self.app.sandboxes.open(self.sandbox).read() as world:
            return dict(world.files.items())
