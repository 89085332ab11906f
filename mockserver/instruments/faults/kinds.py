"""All kinds of faults, and how one is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.instruments.faults import connections, delays, errors, tomorrow
from mockserver.instruments.faults.fault import Fault
from mockserver.schema.variant import Variant

FAULTS: dict[str, type[Fault]] = {
    kind.type: kind
    for kind in (
        errors.Error,
        delays.Fixed,
        delays.Uniform,
        delays.Lognormal,
        delays.Dribble,
        connections.ConnectionReset,
        connections.EmptyResponse,
        connections.MalformedChunk,
        connections.RandomData,
        connections.Truncate,
        connections.CommitThenDrop,
        tomorrow.Tomorrow,
        errors.PageCap,
    )
}


#: A fault as it is given: ``{"type": "error", "status": 503}``, or just ``"EMPTY_RESPONSE"``.
FAULT = Variant({name: kind.parameters for name, kind in FAULTS.items()}, required=True)


def fault_of(given: Mapping[str, Any]) -> Fault:
    """The fault that ``FAULT`` has read."""
    values = {name: value for name, value in given.items() if name != "type"}
    return FAULTS[given["type"]](**values)
