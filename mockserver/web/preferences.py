"""What one request wishes for itself: ``Prefer: code=503``, or ``?__code=503``, as in Prism.

https://docs.stoplight.io/docs/prism/ and RFC 7240. That lets a server ignore a preference that it
does not know; here only those of its registry are, and others told: a test that asks in vain would
be green for the wrong reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from werkzeug.http import parse_list_header, unquote_header_value

from mockserver.errors import InvalidRequest
from mockserver.instruments.faults.delays import Fixed
from mockserver.instruments.faults.errors import Error
from mockserver.instruments.faults.fault import LONGEST, Fault
from mockserver.schema.attributes import Attributes
from mockserver.schema.fields import Whole
from mockserver.web.call import Call

TWIN = b"__"
#: Those of the IANA registry that mean nothing here; the real API does not heed them either.
OTHERS = ("respond-async", "return", "wait", "handling", "depth-noroot")
KNOWN = Attributes({"code": Whole(400, 599), "delay": Whole(0, LONGEST)}, noun="preference")


@dataclass(frozen=True)
class Preferences:
    """The error status to answer with, and the milliseconds to wait before."""

    values: Mapping[str, int] = field(default_factory=dict)

    @property
    def faults(self) -> list[Fault]:
        """What makes them come true."""
        faults: list[Fault] = []
        if "delay" in self.values:
            faults.append(Fixed(fixedDelayMilliseconds=self.values["delay"]))
        if "code" in self.values:
            faults.append(Error(status=self.values["code"]))
        return faults

    @property
    def applied(self) -> str:
        """The value of ``Preference-Applied`` (RFC 7240, section 3)."""
        return ", ".join(f"{name}={value}" for name, value in self.values.items())


def preferences(call: Call) -> Preferences | None:
    """Those of a request, if it has any; they are taken out of its query.

    Raises ``InvalidRequest`` for one that is unknown, wrong or given twice.
    """
    given = [*_in_header(call.environ.get("HTTP_PREFER", "")), *_take_twins(call)]
    if not given:
        return None
    wanted = dict(given)
    draft = KNOWN.load(KNOWN.from_form(wanted))
    if len(wanted) < len(given):
        draft.problems.append("a preference is given twice; send it once")
    if draft.problems:
        raise InvalidRequest(f"Prefer: {problem}" for problem in draft.problems)
    return Preferences(draft.values)


def _in_header(header: str) -> list[tuple[str, str]]:
    # Not werkzeug's parse_dict_header, which tells nothing of one given twice or without a name.
    parted = (one.partition("=") for one in parse_list_header(header) if one)
    named = [(name.strip().lower(), value.strip()) for name, _, value in parted]
    return [(name, unquote_header_value(value)) for name, value in named if name not in OTHERS]


def _take_twins(call: Call) -> list[tuple[str, str]]:
    if TWIN not in call.query_string:
        return []
    parts = call.query_string.split(b"&")
    call.query_string = b"&".join(part for part in parts if not part.startswith(TWIN))
    twins = b"&".join(part for part in parts if part.startswith(TWIN)).decode("latin-1")
    pairs = parse_qsl(twins, keep_blank_values=True)
    return [(name.removeprefix(TWIN.decode()), value) for name, value in pairs]
