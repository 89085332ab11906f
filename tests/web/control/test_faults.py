"""Fault rules over HTTP: matching, counting, and editing the list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

BROKEN = {"fault": {"type": "error", "status": 503}}


def statuses(client: Any, count: int, path: str = "/v1/contacts") -> list[int]:
    return [client.get(path).status for _ in range(count)]


def arm(client: Any, **rule: Any) -> Any:
    return client.post("/_sandbox/faults", json={**BROKEN, **rule}).json


def test_a_rule_shows_defaults_and_counters(client: Any) -> None:
    created = client.post("/_sandbox/faults", json={**BROKEN, "match": {"method": "post"}})
    assert created.status == 201
    statuses(client, 2)
    client.post("/v1/groups", json={"name": "G"})
    fault = {
        "id": "fault_1",
        "match": {"method": "post"},
        "after": 0,
        "times": None,
        "probability": 1.0,
        "fault": {"type": "error", "status": 503},
        "matched": 1,
        "applied": 1,
    }
    assert client.get("/_sandbox/faults").json == {"data": [fault]}
    assert client.get("/_sandbox/faults/fault_1").json == fault
    assert created.json == {**fault, "matched": 0, "applied": 0}


def test_a_fault_without_parameters_can_be_its_name(client: Any) -> None:
    short = client.post("/_sandbox/faults", json={"fault": "truncate"}).json
    assert short["fault"] == {"type": "truncate"}


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        ({}, [503, 503, 503, 503]),
        ({"method": "GET"}, [503, 503, 200, 503]),
        ({"method": "put"}, [200, 200, 503, 200]),
        ({"path": "/v1/groups*"}, [200, 503, 503, 200]),
        ({"path": "*/P8Y1sYRlRPgLdvhM"}, [200, 200, 503, 200]),
        ({"resource": "groups"}, [200, 503, 503, 200]),
        ({"operation": "list"}, [503, 503, 200, 503]),
        ({"operation": "groups.*"}, [200, 503, 503, 200]),
        ({"resource": "groups", "operation": "update"}, [200, 200, 503, 200]),
        ({"method": "GET", "resource": "groups"}, [200, 503, 200, 200]),
    ],
)
def test_a_fault_applies_only_to_matching_requests(
    client: Any, match: Any, expected: list[int]
) -> None:
    arm(client, match=match)
    responses = [
        client.get("/v1/contacts"),
        client.get("/v1/groups"),
        client.put("/v1/groups/P8Y1sYRlRPgLdvhM", json={}),
        client.get("/v1/conversations"),
    ]
    assert [503 if response.status == 503 else 200 for response in responses] == expected


def test_after_and_times_bound_an_outage(client: Any) -> None:
    arm(client, after=2, times=3)
    assert statuses(client, 7) == [200, 200, 503, 503, 503, 200, 200]


def test_the_first_rule_that_applies_wins(client: Any) -> None:
    arm(client, times=1)
    arm(client, fault={"type": "error", "status": 500}, times=2)
    arm(client, fault={"type": "error", "status": 429})
    assert statuses(client, 5) == [503, 500, 500, 429, 429]


def test_probability_is_the_same_in_every_run(client: Any, other: Callable[[str], Any]) -> None:
    runs = []
    for sandbox in (client, other("second")):
        arm(sandbox, probability=0.5)
        runs.append(statuses(sandbox, 40))
        sandbox.post("/_sandbox/reset", json={"only": ["faults"]})
        arm(sandbox, probability=0.5)
        runs.append(statuses(sandbox, 40))
    assert all(run == runs[0] for run in runs)
    assert 8 < runs[0].count(503) < 32


def test_each_rule_has_its_own_random_stream(client: Any) -> None:
    arm(client, match={"resource": "contacts"}, probability=0.5, id="own")
    expected = statuses(client, 20)
    client.post("/_sandbox/reset", json={})
    arm(client, match={"resource": "groups"}, probability=0.5)
    arm(client, match={"resource": "contacts"}, probability=0.5, id="own")
    both = []
    for _ in range(20):
        both.append(client.get("/v1/contacts").status)
        client.get("/v1/groups")
    assert both == expected


def test_probability_0_and_1(client: Any) -> None:
    arm(client, probability=0)
    assert statuses(client, 3) == [200, 200, 200]
    arm(client, probability=1)
    assert statuses(client, 3) == [503, 503, 503]


def test_put_replaces_all_rules(client: Any) -> None:
    arm(client)
    rules = [{**BROKEN, "id": "a"}, {"fault": "EMPTY_RESPONSE", "id": "b"}]
    listed = client.put("/_sandbox/faults", json={"data": rules}).json["data"]
    assert [rule["id"] for rule in listed] == ["a", "b"]
    assert client.get("/_sandbox/faults").json["data"] == listed


def test_a_replaced_rule_keeps_its_position(client: Any) -> None:
    arm(client, id="first")
    arm(client, id="last")
    statuses(client, 2)
    changed = {"fault": {"type": "error", "status": 500}}
    replaced = client.put("/_sandbox/faults/first", json=changed).json
    assert (replaced["id"], replaced["matched"], replaced["applied"]) == ("first", 0, 0)
    assert statuses(client, 1) == [500]
    data = client.get("/_sandbox/faults").json["data"]
    assert [rule["id"] for rule in data] == ["first", "last"]


def test_rules_are_deleted_by_id_or_all_together(client: Any) -> None:
    arm(client, id="a", times=1)
    arm(client, id="b")
    assert client.delete("/_sandbox/faults/a").json == {"deleted": "a"}
    client.get("/_sandbox/faults/a").refused(404, "unknown fault 'a'", "existing faults: b")
    client.put("/_sandbox/faults/a", json=BROKEN).refused(404, "existing faults: b")
    client.delete("/_sandbox/faults/a").refused(404)
    assert client.delete("/_sandbox/faults").json == {"removed": 1}
    assert statuses(client, 1) == [200]


def test_generated_ids_skip_those_in_use(client: Any) -> None:
    assert [arm(client, id="fault_2")["id"], arm(client)["id"], arm(client)["id"]] == [
        "fault_2",
        "fault_1",
        "fault_3",
    ]
    client.post("/_sandbox/faults", json={**BROKEN, "id": "fault_1"}).refused(409, "already")


ERROR = {"type": "error", "status": 503}


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({}, "fault: is required"),
        ({"fault": None}, "fault: may not be null"),
        ({"fault": 503}, "fault: must be an object with a type, or the name of a type, not 503"),
        ({"fault": {"status": 503}}, "fault.type: is required"),
        ({"fault": "EMPTY_REPLY"}, "did you mean 'EMPTY_RESPONSE'?"),
        ({"fault": {"type": 5}}, "fault.type: unknown type 5; known: error, fixed"),
        ({"fault": "error"}, "fault.status: is required"),
        ({"fault": {"type": "error", "status": 200}}, "fault.status: must be an integer from 400"),
        ({"fault": {**ERROR, "staus": 5}}, "fault: unknown parameter 'staus'"),
        ({"fault": {"type": "truncate", "bytes": 5}}, "no parameters are accepted here"),
        ({"fault": {"type": "uniform", "lower": 9, "upper": 1}}, "fault.upper: must not be less"),
        ({"fault": {"type": "fixed", "fixedDelayMilliseconds": -1}}, "an integer from 0"),
        ({"fault": {"type": "page_cap", "maximum": 0}}, "fault.maximum: must be an integer from 1"),
        ({"fault": ERROR, "probability": 2}, "probability: must be a number from 0 to 1, not 2"),
        ({"fault": ERROR, "probability": True}, "probability: must be a number from 0 to 1"),
        ({"fault": ERROR, "times": 0}, "times: must be an integer from 1"),
        ({"fault": ERROR, "after": "1"}, "after: must be an integer from 0"),
        ({"fault": ERROR, "id": "a b"}, "id: must be 1 to 64 letters"),
        ({"fault": ERROR, "match": {"verb": "GET"}}, "match: unknown attribute 'verb'"),
        ({"fault": ERROR, "match": {"method": "PATCH"}}, "match.method: must be one of DELETE"),
        ({"fault": ERROR, "match": {"path": "/messages"}}, "match.path: must start"),
        ({"fault": ERROR, "match": {"path": "/v1/messages?limit=1"}}, "must not contain a query"),
        (
            {"fault": ERROR, "match": {"method": "GET", "operation": "messages.create"}},
            "match.method: the matching operations use POST",
        ),
        (
            {"fault": ERROR, "match": {"resource": "message"}},
            "match.resource: no operation matches 'message'; did you mean 'messages'?",
        ),
        *(
            ({"fault": ERROR, "match": match}, f"match.operation: no operation matches {hint}")
            for match, hint in (
                ({"operation": "mesages.list"}, "'mesages.list'; did you mean 'messages.list'?"),
                ({"operation": "retreive"}, "'retreive'; did you mean 'retrieve'?"),
                (
                    {"resource": "groups", "operation": "xyz"},
                    "'xyz'; known operations: groups.list, groups.create",
                ),
                ({"operation": "x"}, "'x'; known operations: contacts.list"),
            )
        ),
        ({"fault": ERROR, "when": "now"}, "unknown attribute 'when'"),
    ],
)
def test_an_invalid_rule_is_refused(client: Any, rule: Any, message: str) -> None:
    before = arm(client, id="kept")
    client.post("/_sandbox/faults", json=rule).refused(400, message)
    client.put("/_sandbox/faults", json={"data": [BROKEN, rule]}).refused(400, "data[1]")
    client.put("/_sandbox/faults/kept", json=rule).refused(400, message)
    assert client.get("/_sandbox/faults").json == {"data": [before]}


def test_a_duplicate_id_in_a_list_replaces_nothing(client: Any) -> None:
    before = arm(client)
    twice = {"data": [{**BROKEN, "id": "a"}, {**BROKEN, "id": "a"}]}
    client.put("/_sandbox/faults", json=twice).refused(409, "the fault 'a' already exists")
    assert client.get("/_sandbox/faults").json == {"data": [before]}


def test_the_number_of_rules_is_limited(client: Any) -> None:
    many = {"data": [BROKEN] * 1001}
    client.put("/_sandbox/faults", json=many).refused(503, "at most 1000 faults")
    assert client.get("/_sandbox/faults").json == {"data": []}


def test_faults_apply_to_one_sandbox_only(client: Any, other: Callable[[str], Any]) -> None:
    arm(client)
    assert statuses(other("next_door"), 3) == [200, 200, 200]
    assert statuses(client, 1) == [503]


def test_faults_never_apply_to_the_control_api(client: Any) -> None:
    arm(client)
    assert client.get("/_sandbox/clock").status == 200
    assert client.get("/_sandbox/health").status == 200


def test_a_reset_removes_all_rules(client: Any) -> None:
    arm(client)
    client.post("/_sandbox/reset", json={})
    assert statuses(client, 1) == [200]
    assert arm(client)["id"] == "fault_1", "ids begin anew"
    client.post("/_sandbox/reset", json={"only": ["data"]})
    assert statuses(client, 1) == [503]


def test_the_journal_names_the_rule_that_applied(client: Any) -> None:
    arm(client, id="outage", times=1)
    statuses(client, 2)
    data = client.get("/_sandbox/requests").json["data"]
    assert [rule["faults"] for rule in data] == [[{**ERROR, "cause": "outage"}], []]
    assert [rule["status"] for rule in data] == [503, 200]


def test_faults_apply_to_unknown_paths_too(client: Any) -> None:
    arm(client, match={"path": "/v1/nowhere"})
    assert client.get("/v1/nowhere").status == 503
    assert client.get("/v1/elsewhere").status == 404


def test_exported_rules_can_be_put_back_with_counters(client: Any) -> None:
    arm(client, times=2)
    arm(client, after=1, probability=0.5, match={"resource": "groups"})
    statuses(client, 1)
    faults = client.get("/_sandbox/faults").json
    client.delete("/_sandbox/faults")
    assert client.put("/_sandbox/faults", json=faults).json == faults
    assert statuses(client, 2) == [503, 200]


def test_given_ids_are_taken_before_generated_ones(client: Any) -> None:
    response = client.put("/_sandbox/faults", json={"data": [BROKEN, {**BROKEN, "id": "fault_1"}]})
    assert [rule["id"] for rule in response.json["data"]] == ["fault_2", "fault_1"]


def test_deleting_all_rules_accepts_no_match(client: Any) -> None:
    arm(client)
    client.delete("/_sandbox/faults", json={"match": {"method": "GET"}}).refused(400, "'match'")
    assert statuses(client, 1) == [503]


def test_a_spent_rule_does_not_count_as_active(client: Any) -> None:
    client.post("/_sandbox/faults", json={"fault": ERROR, "times": 1})
    client.post("/_sandbox/faults", json={"fault": ERROR, "after": 5})
    name = client.token.removeprefix("sandbox_")
    assert client.get(f"/_sandbox/sandboxes/{name}").json["faults"] == 2
    client.get("/v1/contacts")
    assert client.get(f"/_sandbox/sandboxes/{name}").json["faults"] == 1
    assert len(client.get("/_sandbox/faults").json["data"]) == 2


def test_an_error_without_retry_after(client: Any) -> None:
    for fault, expected in (({}, "1"), ({"retry_after": None}, None), ({"retry_after": 2}, "2")):
        rule = {"fault": {"type": "error", "status": 503, **fault}}
        client.put("/_sandbox/faults", json={"data": [rule]})
        assert client.get("/v1/contacts").headers.get("Retry-After") == expected
