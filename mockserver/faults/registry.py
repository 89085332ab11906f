"""All kinds of faults, and how one is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.faults import connection, latency, response, schema_drift
from mockserver.faults.base import Fault
from mockserver.schema.variant import Variant

FAULTS: dict[str, type[Fault]] = {
    kind.type: kind
    for kind in (
        response.Error,
        latency.Fixed,
        latency.Uniform,
        latency.Lognormal,
        latency.Dribble,
        connection.ConnectionReset,
        connection.EmptyResponse,
        connection.MalformedChunk,
        connection.RandomData,
        connection.Truncate,
        connection.CommitThenDrop,
        schema_drift.SchemaDrift,
        response.PageCap,
    )
}


#: A fault as it is given: ``{"type": "error", "status": 503}``, or just ``"EMPTY_RESPONSE"``.
FAULT = Variant({name: kind.parameters for name, kind in FAULTS.items()}, required=True)


def fault_of(given: Mapping[str, Any]) -> Fault:
    """The fault that ``FAULT`` has read."""
    values = {name: value for name, value in given.items() if name != "type"}
    return FAULTS[given["type"]](**values)
