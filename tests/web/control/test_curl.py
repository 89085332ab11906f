"""Each request is told with the command that repeats it: what that says, and what is left out."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

SAID = {"conversation_id": "xgQQXg3hrtjh7AvZ", "message": "Good evening."}


def told(client: Any, query: str = "", token: str | None = None) -> str:
    """The command of the first request."""
    return str(client.get(f"/_sandbox/requests/req_1{query}", token=token).json["curl"])


def name(client: Any) -> str:
    return str(client.token.removeprefix("sandbox_"))


def test_it_reads_as_one_would_write_it(client: Any) -> None:
    client.put("/v1/contacts/WAz8eIbvDR60rouK", json={"display_name": "Frank"})
    assert told(client) == (
        f"curl -X PUT {client.url}/s/{name(client)}/v1/contacts/WAz8eIbvDR60rouK \\\n"
        f"  -H 'Authorization: Bearer {client.token}' \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        """  --data-raw '{"display_name":"Frank"}'"""
    )


def test_the_token_is_that_of_whoever_asks(client: Any) -> None:
    client.get("/v1/contacts", token=client.token)
    words = shlex.split(told(client, f"?sandbox={name(client)}", token="mine"))
    assert "Authorization: Bearer mine" in words
    assert f"{client.url}/s/{name(client)}/v1/contacts" in words, "that token picks another"


@pytest.mark.parametrize("header", ["", "Bearer a b", "Digest x", "Bearer sandbox_!"])
def test_without_a_usable_one_it_is_one_that_picks_the_sandbox(client: Any, header: str) -> None:
    client.get("/v1/contacts")
    path = f"/_sandbox/requests/req_1?sandbox={name(client)}"
    command = client.get(path, headers={"Authorization": header}).json["curl"]
    assert f"Authorization: Bearer {client.token}" in shlex.split(command)


def test_in_the_default_sandbox_the_url_is_plain(client: Any) -> None:
    made = client.get("/v1/contacts?limit=1", token="demo").headers["X-Request-Id"]
    shown = client.get(f"/_sandbox/requests/{made}", token="demo").json["curl"]
    assert shown == f"curl '{client.url}/v1/contacts?limit=1' \\\n  -H 'Authorization: Bearer demo'"
    other = client.get(f"/_sandbox/requests/{made}?sandbox=default").json["curl"]
    assert f"'{client.url}/s/default/v1/contacts?limit=1'" in other, "this token picks another"


def test_what_opens_doors_and_what_curl_says_itself_is_left_out(client: Any) -> None:
    said = {
        **{"Cookie": "secret", "Proxy-Authorization": "secret", "User-Agent": "own"},
        **{"Accept": "*/*", "Accept-Encoding": "gzip", "Sec-Fetch-Mode": "cors"},
        **{"Connection": "close", "X-Trace": "7"},
    }
    client.get("/v1/contacts", headers=said)
    heads = [word for word in shlex.split(told(client)) if ": " in word]
    assert heads == [f"Authorization: Bearer {client.token}", "X-Trace: 7"]


def test_an_act_goes_to_the_same_sandbox(client: Any) -> None:
    client.post("/_sandbox/simulate/active", json={"contact": "FrankMcCallister"})
    assert f"{client.url}/_sandbox/simulate/active" in shlex.split(told(client))
    other = shlex.split(told(client, f"?sandbox={name(client)}", token="mine"))
    assert f"{client.url}/_sandbox/simulate/active?sandbox={name(client)}" in other


def test_only_text_that_can_be_seen_is_written_out(client: Any) -> None:
    for body in (b"plain", b"\x00", b"\x1b[31m", "\u202eback".encode(), b"\xff", b"a\r\nb"):
        client.post("/v1/groups", body=body, headers={"Content-Type": "application/json"})
    shown = [client.get(f"/_sandbox/requests/req_{n}").json["curl"] for n in range(1, 7)]
    assert ["base64 -d" in each for each in shown] == [False, *[True] * 5]
    assert all(each.isprintable() for each in "".join(shown).replace("\n", "").split())


def test_a_list_of_requests_does_without(client: Any) -> None:
    client.post("/v1/messages", json=SAID)
    assert "curl" not in client.get("/_sandbox/requests").json["data"][0]
