"""What one request wishes for itself: ``Prefer: code=503``, or ``?__code=503``, as in Prism.

https://docs.stoplight.io/docs/prism/ and RFC 7240. That lets a server ignore a preference that it
does not know; here only those of its registry are, and others told: a test that asks in vain would
be green for the wrong reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from werkzeug.http import parse_list_header, unquote_header_value

from mockserver.errors import InvalidRequest
from mockserver.faults.base import MAX_DELAY, Fault
from mockserver.faults.latency import Fixed
from mockserver.faults.response import Error
from mockserver.schema.fields import Range, StrictInteger
from mockserver.schema.schema import Schema
from mockserver.web.request import QUERY_PREFIX, Request

#: Those of the IANA registry that mean nothing here; the real API does not heed them either.
OTHERS = ("respond-async", "return", "handling", "depth-noroot")
LONGEST_WAIT = 300


class KnownSchema(Schema):
    noun = "preference"
    code = StrictInteger(validate=Range(400, 599))
    delay = StrictInteger(validate=Range(0, MAX_DELAY))
    wait = StrictInteger(validate=Range(0, LONGEST_WAIT))


KNOWN = KnownSchema()


def preferences(call: Request) -> Mapping[str, int]:
    """Those of a request; they are taken out of its query.

    ``code`` is the error status to answer with, ``delay`` the milliseconds to wait before, and
    ``wait`` the seconds in which the deliveries that it sets off shall have been tried before it
    is answered. Raises ``InvalidRequest`` for one that is unknown, wrong or given twice.
    """
    given = [*_in_header(call.environ.get("HTTP_PREFER", "")), *_in_query(call)]
    if not given:
        return {}
    wanted = dict(given)
    draft = KNOWN.validated(KNOWN.from_form(wanted))
    if len(wanted) < len(given):
        draft.problems.append("a preference is given twice; send it once")
    if draft.problems:
        raise InvalidRequest(f"Prefer: {problem}" for problem in draft.problems)
    return draft.values


def preferred_faults(wanted: Mapping[str, int]) -> list[Fault]:
    """The faults that make preferences come true."""
    faults: list[Fault] = []
    if "delay" in wanted:
        faults.append(Fixed(fixedDelayMilliseconds=wanted["delay"]))
    if "code" in wanted:
        faults.append(Error(status=wanted["code"]))
    return faults


def _in_header(header: str) -> list[tuple[str, str]]:
    # Not werkzeug's parse_dict_header, which tells nothing of one given twice or without a name.
    parted = (one.partition("=") for one in parse_list_header(header) if one)
    named = [(name.strip().lower(), value.strip()) for name, _, value in parted]
    return [(name, unquote_header_value(value)) for name, value in named if name not in OTHERS]


def _in_query(call: Request) -> list[tuple[str, str]]:
    if QUERY_PREFIX not in call.query_string:
        return []
    parts = call.query_string.split(b"&")
    call.query_string = b"&".join(part for part in parts if not part.startswith(QUERY_PREFIX))
    preferences = b"&".join(part for part in parts if part.startswith(QUERY_PREFIX)).decode(
        "latin-1"
    )
    pairs = parse_qsl(preferences, keep_blank_values=True)
    return [(name.removeprefix(QUERY_PREFIX.decode()), value) for name, value in pairs]
