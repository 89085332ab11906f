"""A server's application with a door of its own for each sandbox."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


@dataclass(frozen=True)
class SandboxWsgiApp:
    """The application, for which every request is one to the sandbox ``name``.

    A request without credentials gets ``authorization``, a header's value; others keep theirs,
    so that a client's wrong token is still refused.
    """

    app: WSGIApplication
    name: str
    authorization: str

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # Here, since a handle on a running server has no application and needs nothing of it.
        from mockserver.web.sandbox_prefix import SANDBOX_KEY

        named = {"HTTP_AUTHORIZATION": self.authorization, **environ, SANDBOX_KEY: self.name}
        return self.app(named, start_response)
