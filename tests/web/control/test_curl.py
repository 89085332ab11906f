"""The curl command of a journaled request."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

MESSAGE = {"conversation_id": "xgQQXg3hrtjh7AvZ", "message": "Good evening."}


def command_of(client: Any, query: str = "", token: str | None = None) -> str:
    """Return the command of the first request."""
    return str(client.get(f"/_sandbox/requests/req_1{query}", token=token).json["curl"])


def name(client: Any) -> str:
    return str(client.token.removeprefix("sandbox_"))


def test_the_command_of_a_simple_put(client: Any) -> None:
    client.put("/v1/contacts/WAz8eIbvDR60rouK", json={"display_name": "Frank"})
    assert command_of(client) == (
        f"curl -X PUT {client.url}/s/{name(client)}/v1/contacts/WAz8eIbvDR60rouK \\\n"
        f"  -H 'Authorization: Bearer {client.token}' \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        """  --data-raw '{"display_name":"Frank"}'"""
    )


def test_the_command_has_the_callers_token(client: Any) -> None:
    client.get("/v1/contacts", token=client.token)
    words = shlex.split(command_of(client, f"?sandbox={name(client)}", token="other"))
    assert "Authorization: Bearer other" in words
    assert f"{client.url}/s/{name(client)}/v1/contacts" in words, (
        "the token selects another sandbox"
    )


@pytest.mark.parametrize("header", ["", "Bearer a b", "Digest x", "Bearer sandbox_!"])
def test_without_a_valid_token_it_selects_the_sandbox(client: Any, header: str) -> None:
    client.get("/v1/contacts")
    path = f"/_sandbox/requests/req_1?sandbox={name(client)}"
    command = client.get(path, headers={"Authorization": header}).json["curl"]
    assert f"Authorization: Bearer {client.token}" in shlex.split(command)


def test_the_default_sandbox_needs_no_url_prefix(client: Any) -> None:
    created = client.get("/v1/contacts?limit=1", token="demo").headers["X-Request-Id"]
    curl = client.get(f"/_sandbox/requests/{created}", token="demo").json["curl"]
    assert curl == f"curl '{client.url}/v1/contacts?limit=1' \\\n  -H 'Authorization: Bearer demo'"
    other = client.get(f"/_sandbox/requests/{created}?sandbox=default").json["curl"]
    assert f"'{client.url}/s/default/v1/contacts?limit=1'" in other, (
        "this token selects another sandbox"
    )


def test_credentials_and_curls_own_headers_are_omitted(client: Any) -> None:
    headers = {
        **{"Cookie": "secret", "Proxy-Authorization": "secret", "User-Agent": "own"},
        **{"Accept": "*/*", "Accept-Encoding": "gzip", "Sec-Fetch-Mode": "cors"},
        **{"Connection": "close", "X-Trace": "7"},
    }
    client.get("/v1/contacts", headers=headers)
    arguments = [word for word in shlex.split(command_of(client)) if ": " in word]
    assert arguments == [f"Authorization: Bearer {client.token}", "X-Trace: 7"]


def test_a_simulated_action_repeats_in_its_sandbox(client: Any) -> None:
    client.post("/_sandbox/simulate/active", json={"contact": "FrankMcCallister"})
    assert f"{client.url}/_sandbox/simulate/active" in shlex.split(command_of(client))
    other = shlex.split(command_of(client, f"?sandbox={name(client)}", token="other"))
    assert f"{client.url}/_sandbox/simulate/active?sandbox={name(client)}" in other


def test_only_printable_bodies_are_written_literally(client: Any) -> None:
    for body in (b"plain", b"\x00", b"\x1b[31m", "\u202eback".encode(), b"\xff", b"a\r\nb"):
        client.post("/v1/groups", body=body, headers={"Content-Type": "application/json"})
    commands = [client.get(f"/_sandbox/requests/req_{n}").json["curl"] for n in range(1, 7)]
    assert ["base64 -d" in command for command in commands] == [False, *[True] * 5]
    assert all(command.isprintable() for command in "".join(commands).replace("\n", "").split())


def test_a_list_of_requests_has_no_commands(client: Any) -> None:
    client.post("/v1/messages", json=MESSAGE)
    assert "curl" not in client.get("/_sandbox/requests").json["data"][0]
