"""A fault's response is sent as the fault made it: Flask adds no header."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Response

from mockserver.faults.base import Fault, RawResponse
from mockserver.faults.rules import AppliedFault
from mockserver.storage.seeded_random import SeededRandom
from mockserver.web.app import create_app
from mockserver.web.fault_injection import FaultInjection, SocketHandle


class WithoutHeaders(Fault):
    """Removes all headers."""

    def on_response(self, response: RawResponse) -> RawResponse:
        return replace(response, headers=())


def test_a_removed_content_type_stays_removed() -> None:
    sandbox = create_app().sandboxes.get("default")
    applied = AppliedFault(WithoutHeaders(), SeededRandom("1"), "test")
    injection = FaultInjection([applied], SocketHandle({}, sandbox))
    response = injection.transform_response(Response("{}", content_type="application/json"))
    assert dict(response.headers) == {"Content-Length": "2"}


def test_a_response_that_was_not_sent_has_no_content_type() -> None:
    client = create_app().test_client()
    headers = {"Authorization": "Bearer any"}
    client.post("/_sandbox/faults", json={"fault": "EMPTY_RESPONSE", "times": 1})
    with pytest.raises(ConnectionResetError):
        client.get("/v1/contacts", headers=headers)
    [listed] = client.get("/_sandbox/requests").get_json()["data"]
    journaled = client.get(f"/_sandbox/requests/{listed['id']}").get_json()
    assert "Content-Type" not in journaled["response"]["headers"]
