"""The parts of a sandbox, in process and over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mockserver import ApiError, Sandbox, Unreachable
from tests.client.helpers import CONVERSATION, ERROR, GROUP, MESSAGE, post_to_inbox, send_message


def test_call_returns_the_response_of_the_api(box: Sandbox) -> None:
    created = box.call("POST", "/v1/messages", json=MESSAGE)
    assert (created.status, created.json["message"]) == (201, "Good evening.")
    assert created.headers["location"] == f"/v1/messages/{created.json['id']}"
    page = box.call("GET", f"/v1/messages?limit=1&conversation_id={CONVERSATION}")
    assert page.json["data"] == [created.json]
    assert box.call("DELETE", f"/v1/messages/{created.json['id']}").json is None
    refused = box.call("POST", "/v1/messages", json={"mesage": "é\ud800"})
    assert (refused.status, refused.json["type"]) == (400, "invalid_request")


def test_headers_of_the_caller_override_in_any_case(box: Sandbox) -> None:
    assert (
        box.call("GET", "/v1/contacts", headers={"authorization": "Bearer revoked_1"}).status == 401
    )
    box.call("GET", "/v1/contacts", headers={"x-trace": "7"})
    box.journal.verify({"headers": {"X-Trace": "7"}}, count=1)


def test_call_sends_any_path_unchanged(box: Sandbox) -> None:
    assert box.call("GET", "/v1/contacts/é %2F?q=ü&p=a%20b").status == 400
    assert [entry["path"] for entry in box.journal.list()] == ["/v1/contacts/é /"]
    assert box.journal.list()[0]["query"] == {"q": "ü", "p": "a b"}
    with pytest.raises(ValueError, match="must begin with a slash"):
        box.call("GET", "v1/contacts")


def test_a_reset_restores_all_or_some_parts(box: Sandbox) -> None:
    start = box.state.export()
    send_message(box)
    box.reset(only=["clock"])
    assert box.overview()["counts"]["message"] == 230
    box.reset()
    assert box.state.export() == start


def test_an_exported_state_is_loaded_from_document_or_file(box: Sandbox, tmp_path: Path) -> None:
    send_message(box)
    state = box.state.export()
    file = tmp_path / "state.json"
    file.write_text(json.dumps(state))
    for source in (state, file, str(file)):
        box.reset()
        box.state.load(source)
        assert box.state.export() == state


def test_snapshots_are_taken_listed_restored_and_deleted(box: Sandbox) -> None:
    before = box.state.export()
    box.snapshots.take("before")
    send_message(box)
    box.snapshots.restore("before")
    assert box.state.export() == before
    assert box.snapshots.list() == [{"name": "before"}]
    box.snapshots.delete("before")
    assert box.snapshots.list() == []


def test_the_clock_is_set_and_advanced(box: Sandbox) -> None:
    assert box.clock.set("frozen", now=1000) == {"mode": "frozen", "now": 1000}
    assert box.clock.advance(60)["now"] == 1060
    assert box.clock.set(now=5) == box.clock.get() == {"mode": "frozen", "now": 5}


def test_requests_are_listed_filtered_and_cleared(box: Sandbox) -> None:
    first = send_message(box)
    box.call("GET", "/v1/contacts")
    assert [entry["id"] for entry in box.journal.list(method="POST")] == [first]
    assert [entry["path"] for entry in box.journal.list(since=first)] == ["/v1/contacts"]
    assert box.journal.get(first)["request"]["body"] == MESSAGE
    assert box.journal.clear({"method": "POST"}) == {"removed": 1}
    assert box.journal.clear() == {"removed": 1}
    assert box.journal.list() == []


def test_verify_and_wait_count_what_matches(box: Sandbox) -> None:
    send_message(box)
    match = {"operation": "messages.create"}
    assert box.journal.verify(match)["requests"] == ["req_1"]
    with pytest.raises(AssertionError, match=r'"at_least": 2.*\n  found: 1 \(req_1\)'):
        box.journal.verify(match, at_least=2)
    with pytest.raises(AssertionError, match=r"sandbox '.*' are not as expected"):
        box.journal.verify(match, at_most=0)
    with pytest.raises(AssertionError) as caught:
        box.journal.wait({**match, "body": {"message": "?"}}, timeout=0.01)
    assert "near miss: req_1 POST /v1/messages 201" in str(caught.value)
    assert "    body.message: expected '?', got 'Good evening.'" in str(caught.value)


def test_wait_returns_when_the_request_arrives(box: Sandbox) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(box.journal.wait, {"method": "POST"}, timeout=60)
        send_message(box)
        assert waiting.result(60)["count"] == 1


def test_changes_since_a_request_are_returned(box: Sandbox) -> None:
    first = send_message(box)
    send_message(box)
    created = [entry for entry in box.journal.changes()["changes"] if entry["change"] == "created"]
    assert len(created) == 2
    assert len(box.journal.changes(since=first)["events"]) == 1


def test_other_contacts_are_simulated(box: Sandbox) -> None:
    own = box.call("POST", "/v1/messages", json=MESSAGE).json
    frank = "FrankMcCallister"
    file = {"filename": "tickets.txt", "content": "b25l"}
    with box.expect(
        created={"message": 1, "attachment": 1},
        updated={"message": 1},
        events=["attachment.created", "message.created", "message.updated", "message.updated"],
        nothing_else=True,
    ):
        sent = box.simulate.message(frank, "", CONVERSATION, [file])
        assert [attachment["filename"] for attachment in sent["attachments"]] == ["tickets.txt"]
        reacted = box.simulate.react(frank, own["id"], "joy")
        assert reacted["reactions"] == [{"joy": [frank]}]
        [read] = box.simulate.read(frank, conversation_id=CONVERSATION)
        assert read["id"] == own["id"]
    assert box.simulate.edit(sent["id"], "Here.", [])["attachments"] == []
    assert box.simulate.unreact(frank, own["id"], "joy")["reactions"] == []
    assert box.simulate.delete(sent["id"]) == {"deleted": sent["id"]}
    opened = box.simulate.open(CONVERSATION)
    assert opened["last_opened_at"] == box.clock.get()["now"]
    assert box.simulate.active(frank)["last_active_at"] == box.clock.get()["now"]
    joined = box.simulate.join(frank, GROUP)
    assert [contact["username"] for contact in joined["contacts"]] == [frank]
    assert box.simulate.leave(frank, GROUP)["contacts"] == []


def test_faults_are_added_listed_replaced_and_deleted(box: Sandbox) -> None:
    rule = box.faults.add(ERROR, {"method": "GET"}, after=1, times=2, probability=1, id="out")
    assert [box.call("GET", "/v1/contacts").status for _ in range(4)] == [200, 503, 503, 200]
    assert box.faults.get("out") == {**rule, "matched": 4, "applied": 2}
    assert box.faults.list() == [box.faults.get("out")]
    box.faults.replace("out", {"type": "page_cap", "maximum": 2}, {"resource": "contacts"})
    assert len(box.call("GET", "/v1/contacts?limit=9").json["data"]) == 2
    assert [rule["id"] for rule in box.faults.replace_all([{"id": "b", "fault": ERROR}])] == ["b"]
    box.faults.delete("b")
    box.faults.add(ERROR)
    assert box.faults.clear() == {"removed": 1}
    assert box.faults.list() == []


@pytest.mark.parametrize(
    "fault",
    [
        "commit_then_drop",
        "truncate",
        "CONNECTION_RESET_BY_PEER",
        "EMPTY_RESPONSE",
        "MALFORMED_RESPONSE_CHUNK",
        "RANDOM_DATA_THEN_CLOSE",
    ],
)
def test_a_response_cut_off_by_a_fault_is_unreachable(box: Sandbox, fault: str) -> None:
    box.faults.add(fault, {"method": "POST"}, times=1)
    done = 0 if fault.isupper() else 1
    with box.expect(created={"message": done}, nothing_else=True):
        with pytest.raises(Unreachable, match="no response"):
            box.call("POST", "/v1/messages", json=MESSAGE)
        assert box.call("GET", "/v1/messages").status == 200
    assert [len(entry["faults"]) for entry in box.journal.list()] == [1, 0]


def test_a_rate_limit_is_set_and_cleared(box: Sandbox) -> None:
    assert box.rate_limit.set(1, 60)["clock"] == "sandbox"
    assert [box.call("GET", "/v1/contacts").status for _ in range(2)] == [200, 429]
    assert box.rate_limit.get()["limit"] == 1
    box.clock.advance(60)
    assert box.call("GET", "/v1/contacts").status == 200
    box.rate_limit.clear()
    assert [box.call("GET", "/v1/contacts").status for _ in range(2)] == [200, 200]


def test_an_inbox_is_configured_awaited_and_read(box: Sandbox) -> None:
    inbox = box.inboxes.configure("a", secret="s", answers=[500, {"status": 200, "delay": 1}])
    assert [response["status"] for response in inbox["answers"]] == [500, 200]
    assert [post_to_inbox(box, "a") for _ in range(2)] == [500, 200]
    assert box.inboxes.wait("a", type="message.*", count=2)["verified"]
    [second] = box.inboxes.get("a", since=1, type="message.created")["data"]
    assert (second["verified"], second["duplicate_of"]) == (False, 1)
    assert [inbox["name"] for inbox in box.inboxes.list()] == ["a"]
    assert box.inboxes.delete("a") == {"deleted": "a"}


@pytest.mark.parametrize(
    ("ask", "status", "message"),
    [
        (lambda box: box.inboxes.get("a"), 404, "unknown inbox 'a'"),
        (lambda box: box.inboxes.configure("a", answers=[1]), 400, "answers[0].status"),
        (lambda box: box.snapshots.restore("no/such"), 404, "no endpoint at"),
        (lambda box: box.snapshots.restore("nosuch"), 404, "unknown snapshot 'nosuch'"),
        (lambda box: box.reset(only=["moon"]), 400, "'moon'"),
        (lambda box: box.journal.list(metod="GET"), 400, "did you mean 'method'?"),
        (lambda box: box.clock.set("tock"), 400, "one of step, frozen, real"),
        (
            lambda box: box.state.load({"version": 9}),
            400,
            "version: must be an integer from 1 to 1",
        ),
        (lambda box: box.faults.add("EMPTY"), 400, "EMPTY_RESPONSE"),
        (lambda box: box.faults.add(ERROR, {"metod": "GET"}), 400, "did you mean 'method'?"),
        (lambda box: box.faults.get("b"), 404, "'b'"),
        (lambda box: box.rate_limit.get(), 404, "no rate limit is set"),
        (lambda box: box.simulate.active("Clif"), 400, "did you mean 'Cliff'?"),
        (lambda box: box.journal.changes(since="req_9"), 400, "the journal has no request 'req_9'"),
    ],
)
def test_an_error_response_is_raised_with_its_status(
    box: Sandbox, ask: Callable[[Sandbox], Any], status: int, message: str
) -> None:
    before = box.state.export()
    with pytest.raises(ApiError, match=re.escape(message)) as caught:
        ask(box)
    assert (caught.value.status, message in caught.value.message) == (status, True)
    assert box.state.export() == before
