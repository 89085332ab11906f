"""A sandbox, from Python: its address, its credentials, and every instrument as a method."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Never, Self
from urllib.parse import quote

from mockserver.client.bots import Bots
from mockserver.client.conversations import Chats
from mockserver.client.expectation import Expectation
from mockserver.client.faults import Faults
from mockserver.client.inbox import Inbox
from mockserver.client.journal import Journal
from mockserver.client.sandbox_app import SandboxWsgiApp
from mockserver.client.simulation import Simulation
from mockserver.client.state import State
from mockserver.client.suggestions import unknown
from mockserver.client.transport import Answer, Unreachable, encoded
from mockserver.client.webhooks import Webhooks
from mockserver.errors import ApiError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

DEFAULT = "default"


class Sandbox(State, Simulation, Chats, Bots, Journal, Faults, Webhooks, Inbox):
    """One isolated world of a server, with what only a test wants; ``MockServer`` makes it.

    Every instrument raises ``ApiError``, with ``status`` and ``message``, where the server refuses,
    and ``Unreachable`` where it gives no answer. As a context manager it deletes itself.
    """

    # where it is

    @property
    def url(self) -> str:
        """The URL below which /v1 lies: with ``headers`` it is this sandbox.

        That is the server's root, unless the server takes only given tokens: then it is the
        sandbox's own root, /s/NAME, since the token cannot tell.
        """
        return self._home.url + self._mount

    @property
    def base_url(self) -> str:
        """The API of this sandbox, /v1 included, for what cannot choose its token."""
        return f"{self._home.url}/s/{self.name}/v1"

    @property
    def token(self) -> str:
        """The token that picks this sandbox, or the one that the server was started with."""
        if self._home.api_token is not None:
            return self._home.api_token
        return DEFAULT if self.name == DEFAULT else f"sandbox_{self.name}"

    @property
    def headers(self) -> dict[str, str]:
        """The headers that a request to ``url`` needs."""
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def app(self) -> WSGIApplication:
        """The server as a WSGI application of which each request lands in this sandbox.

        Raises ``RuntimeError`` where the server runs elsewhere.
        """
        return SandboxWsgiApp(self._home.app, self.name, self.headers["Authorization"])

    # the API, and what it did

    def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Call the API itself, as in ``call("GET", "/v1/contacts?limit=3")``.

        The answer may be a refusal. ``headers`` go before those of the sandbox; ``json`` is the
        body. Raises ``Unreachable`` where no whole answer comes.
        """
        if not path.startswith("/"):
            raise ValueError(f"path: {path!r} must begin with a slash, as in /v1/contacts")
        sent = {**self.headers, **{name.title(): value for name, value in (headers or {}).items()}}
        body = b""
        if json is not None:
            body = encoded(json)
            sent.setdefault("Content-Type", "application/json")
        target = self._mount + quote(path, safe="%/?&=+,;:@!$'()*[]~")
        return self._home.transport.send(method, target, sent, body)

    def expect(
        self,
        *,
        created: Mapping[str, int] | None = None,
        updated: Mapping[str, int] | None = None,
        deleted: Mapping[str, int] | None = None,
        events: Iterable[str] | None = None,
        nothing_else: bool = False,
        **misspelt: Never,
    ) -> Expectation:
        """A ``with`` block in which as many objects change as said, by kind.

        ``created={"message": 1}`` counts what is there after the block and was not before it, and
        so on; a kind that is not named may change as it likes. ``events`` are the types of all
        events, in order. With ``nothing_else``, nothing else is created, deleted or updated; what
        merely follows from something else, such as ``last_active_at``, emits no event and is no
        update in this sense.

        At the end of the block raises ``AssertionError``, which tells the difference and the
        block's requests. Raises ``ValueError`` at once for a kind or type that there is none of.
        """
        for name in misspelt:
            known = ("created", "updated", "deleted", "events", "nothing_else")
            raise TypeError(f"expect: {unknown('argument', name, known)}")
        counts = {"created": created or {}, "updated": updated or {}, "deleted": deleted or {}}
        if isinstance(events, str):
            raise ValueError(f"expect: events must be a list of types, such as ['{events}']")
        types = None if events is None else list(events)
        return Expectation(self, counts, types, nothing_else)

    # its life

    def overview(self) -> dict[str, Any]:
        """Its counts, clock, seed, snapshots, and the id of its last request."""
        return self._control("GET", f"/sandboxes/{quote(self.name, safe='')}")

    def delete(self) -> dict[str, Any]:
        """Forget the sandbox and all that it holds."""
        return self._control("DELETE", f"/sandboxes/{quote(self.name, safe='')}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self.delete()
        except (ApiError, Unreachable) as failed:
            gone = isinstance(failed, ApiError) and failed.status == 404  # deleted in the block
            if error is None and not gone:  # an error of the block says more
                raise

    @property
    def _mount(self) -> str:
        return "" if self._home.api_token is None else f"/s/{self.name}"
