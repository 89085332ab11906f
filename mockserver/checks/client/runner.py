"""One client, examined: the scripted sandbox on a server of its own."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from mockserver.checks.client.checks import Score, Seen, scores
from mockserver.checks.client.fault_script import SANDBOX, faults
from mockserver.checks.client.recorder import Witness
from mockserver.client.mockserver import MockServer
from mockserver.server import Server
from mockserver.web.app import create_app


class Exam:
    """While it is open, a client may do its task at ``url`` with ``token``; ``scores`` tells how it
    did. ``retry_after`` is the seconds that a 429 asks for."""

    def __init__(self, retry_after: int) -> None:
        self._retry_after = retry_after
        self._app = create_app()
        self._witness = Witness(self._app)
        self._server = Server(self._witness, "127.0.0.1", 0)

    def __enter__(self) -> Self:
        self._server.start()
        self._sandbox = MockServer(url=self._server.url).sandbox(SANDBOX)
        self._sandbox.replace_faults(faults(self._retry_after))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.stop()
        self._app.stop_background_work()

    @property
    def url(self) -> str:
        """The root of the server's URLs, without /v1."""
        return self._server.url

    @property
    def token(self) -> str:
        return self._sandbox.token

    def scores(self) -> list[Score]:
        """Each point, by what the client has done up to now."""
        box = self._sandbox
        journal = [box.request(each["id"]) for each in box.requests()]
        arrivals = self._witness.arrivals()
        return scores(Seen(self.token, self._retry_after, arrivals, journal, box.state()))
