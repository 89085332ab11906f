"""Preferences of one request: ``Prefer: code=503``, or ``?__code=503`` as in Prism (RFC 7240).

RFC 7240 lets a server ignore an unknown preference. Here it is an error unless the RFC's registry
lists it: a test whose preference is ignored would pass for the wrong reason.
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from werkzeug.http import parse_list_header, unquote_header_value

from mockserver.errors import InvalidRequest
from mockserver.faults.base import MAX_DELAY, Fault
from mockserver.faults.latency import Fixed
from mockserver.faults.response import Error
from mockserver.schema.fields import integer
from mockserver.schema.schema import Schema
from mockserver.web.request import QUERY_PREFIX, Request

#: Preferences of the IANA registry, which are ignored as in the real API.
IGNORED = ("respond-async", "return", "handling", "depth-noroot")
MAX_WAIT = 300  # seconds


class PreferenceSchema(Schema):
    noun = "preference"
    code = integer(400, 599)
    delay = integer(0, MAX_DELAY)
    wait = integer(0, MAX_WAIT)


PREFERENCES = PreferenceSchema()


def preferences(request: Request) -> Mapping[str, int]:
    """Return the preferences of a request, and remove them from its query.

    ``code`` is the error status of the response, ``delay`` its delay in milliseconds, and ``wait``
    the time in seconds to wait until every delivery that the request causes has been attempted.
    Raises ``InvalidRequest`` for an unknown, invalid or repeated preference.
    """
    pairs = [*_from_header(request.environ.get("HTTP_PREFER", "")), *_from_query(request)]
    if not pairs:
        return {}
    values = dict(pairs)
    validated = PREFERENCES.validated(PREFERENCES.from_form(values))
    if len(values) < len(pairs):
        validated.problems.append("a preference is sent more than once; send each only once")
    if validated.problems:
        raise InvalidRequest(f"Prefer: {problem}" for problem in validated.problems)
    return validated.values


def preferred_faults(preferences: Mapping[str, int]) -> list[Fault]:
    """Return the faults that carry out the preferences ``delay`` and ``code``."""
    faults: list[Fault] = []
    if "delay" in preferences:
        faults.append(Fixed(fixedDelayMilliseconds=preferences["delay"]))
    if "code" in preferences:
        faults.append(Error(status=preferences["code"]))
    return faults


def _from_header(header: str) -> list[tuple[str, str]]:
    # Not parse_dict_header, which would drop a preference that is repeated or has no name.
    parts = (item.partition("=") for item in parse_list_header(header) if item)
    pairs = [(name.strip().lower(), value.strip()) for name, _, value in parts]
    return [(name, unquote_header_value(value)) for name, value in pairs if name not in IGNORED]


def _from_query(request: Request) -> list[tuple[str, str]]:
    if QUERY_PREFIX not in request.query_string:
        return []
    parts = request.query_string.split(b"&")
    request.query_string = b"&".join(part for part in parts if not part.startswith(QUERY_PREFIX))
    preferred = b"&".join(part for part in parts if part.startswith(QUERY_PREFIX))
    pairs = parse_qsl(preferred.decode("latin-1"), keep_blank_values=True)
    return [(name.removeprefix(QUERY_PREFIX.decode()), value) for name, value in pairs]
