"""Faults that the API itself could answer with."""

from __future__ import annotations

from mockserver.errors import error_body
from mockserver.faults.base import Fault
from mockserver.faults.raw_response import ConnectionHandle, RawResponse
from mockserver.schema.fields import Text, Whole
from mockserver.schema.schema import Attributes
from mockserver.storage.paging import MAX_PAGE_SIZE
from mockserver.storage.seeded_random import SeededRandom

DAY = 86_400
#: The errors that say when to come back (RFC 9110, section 10.2.3), and after how many seconds.
RETRIED = {429: 1, 503: 1}
CHALLENGE = ("WWW-Authenticate", 'Bearer realm="Protocol API"')


class Error(Fault):
    """Answers with an error of choice, in the API's error object; nothing is done."""

    type = "error"
    parameters = Attributes(
        {"status": Whole(400, 599, required=True), "retry_after": Whole(0, DAY), "message": Text()},
        noun="parameter",
    )

    def before(self, line: ConnectionHandle, chance: SeededRandom) -> RawResponse:
        status = self.values["status"]
        headers = [("Content-Type", "application/json")]
        after = self.values.get("retry_after", RETRIED.get(status))
        if after is not None:
            headers.append(("Retry-After", str(after)))
        if status == 401:
            headers.append(CHALLENGE)
        message = self.values.get("message", f"an injected error {status}; nothing was done")
        return RawResponse(status, tuple(headers), error_body(status, message))


class PageCap(Fault):
    """Puts at most ``most`` objects on a page, whatever ``limit`` says; ``has_more`` is right."""

    type = "page_cap"
    parameters = Attributes(
        {"most": Whole(1, MAX_PAGE_SIZE, required=True)},
        noun="parameter",
    )

    @property
    def most(self) -> int:
        most: int = self.values["most"]
        return most
