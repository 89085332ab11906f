"""Faults that are valid responses of the API."""

from __future__ import annotations

from mockserver.errors import error_body
from mockserver.faults.base import ConnectionHandle, Fault, RawResponse
from mockserver.schema.fields import NonEmptyString, Range, StrictInteger
from mockserver.schema.schema import ParameterSchema
from mockserver.storage.paging import MAX_PAGE_SIZE
from mockserver.storage.seeded_random import SeededRandom

#: The statuses that come with Retry-After (RFC 9110, section 10.2.3), and its default in seconds.
DEFAULT_RETRY_AFTER = {429: 1, 503: 1}
CHALLENGE = ("WWW-Authenticate", 'Bearer realm="Protocol API"')


class Error(Fault):
    """Responds with an error status and the API's error object; the request is not handled."""

    type = "error"
    parameters = ParameterSchema.from_dict(
        {
            "status": StrictInteger(validate=Range(400, 599), required=True),
            "retry_after": StrictInteger(validate=Range(0, 86_400)),
            "message": NonEmptyString(),
        }
    )()

    def before_request(self, connection: ConnectionHandle, rng: SeededRandom) -> RawResponse:
        status = self.values["status"]
        headers = [("Content-Type", "application/json")]
        retry_after = self.values.get("retry_after", DEFAULT_RETRY_AFTER.get(status))
        if retry_after is not None:
            headers.append(("Retry-After", str(retry_after)))
        if status == 401:
            headers.append(CHALLENGE)
        message = self.values.get("message", f"injected error {status}; the request had no effect")
        return RawResponse(status, tuple(headers), error_body(status, message))


class PageCap(Fault):
    """Limits a page to ``maximum`` objects, whatever ``limit`` asks for; ``has_more`` is right."""

    type = "page_cap"
    parameters = ParameterSchema.from_dict(
        {"maximum": StrictInteger(validate=Range(1, MAX_PAGE_SIZE), required=True)}
    )()

    @property
    def max_page_size(self) -> int:
        return int(self.values["maximum"])
