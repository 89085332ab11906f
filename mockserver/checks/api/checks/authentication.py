"""Who asks: what is let in, and what is not (reference, "Authentication")."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator

from mockserver.checks.api.api_client import ConformanceClient
from mockserver.checks.api.check import Check, holds
from mockserver.checks.api.rows import DECIDED, DOCUMENTED

WHERE = "Authorization"
#: Left out, and what is no credential. A wrong one of ours goes with a GET only.
MALFORMED = {
    "absent: 401": "",
    "an empty Bearer token: 401": "Bearer ",
    "neither Bearer nor Basic: 401": "Token abc",
    "Basic that is no base64: 401": "Basic ***",
    "Basic without a username: 401": f"Basic {b64encode(b':password').decode()}",
}
DECISIONS = {
    "a token that begins with revoked_: 401": "Bearer revoked_mockserver_check",
    "sandbox_ with an impossible name: 401": "Bearer sandbox_not.a.name",
}


def checks() -> Iterator[Check]:
    for expected, header in MALFORMED.items():
        yield Check(WHERE, expected, _refused(header), DOCUMENTED)
    yield Check(WHERE, "HTTP Basic, the token as username", _basic_is_taken, DECIDED)
    for expected, header in DECISIONS.items():
        yield Check(WHERE, expected, _refused(header), DECIDED)


def _refused(header: str) -> Callable[[ConformanceClient], None]:
    def it_is_refused(bench: ConformanceClient) -> None:
        bench.refused(401, "GET", "contacts", query={"limit": 1}, headers={WHERE: header})

    return it_is_refused


def _basic_is_taken(bench: ConformanceClient) -> None:
    header = f"Basic {b64encode(f'{bench.wire.token}:password'.encode()).decode()}"
    answer = bench.send("GET", "contacts", query={"limit": 1}, headers={WHERE: header})
    holds(answer.ok, str(answer))
