"""`mockserver simulate`: each action does the same as over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Commands, Done, Serving

FRANK, DIRECT, GROUP = "FrankMcCallister", "xgQQXg3hrtjh7AvZ", "SeXPsgqF2iu8yype"
MINE, FRANKS = "LoPsJaMcPBuFNjg1", "SIuAFUNKdSYHZF2w"
#: Each action, and its request body.
ACTS: dict[tuple[str, ...], dict[str, Any]] = {
    ("message", "--from", FRANK, "Well?"): {"from": FRANK, "message": "Well?"},
    ("message", "--from", FRANK, "é", "--conversation", DIRECT): {
        "from": FRANK,
        "message": "é",
        "conversation_id": DIRECT,
    },
    ("edit", FRANKS, "At nine."): {"message_id": FRANKS, "message": "At nine."},
    ("delete", FRANKS): {"message_id": FRANKS},
    ("react", MINE, "joy", "--from", FRANK): {
        "from": FRANK,
        "message_id": MINE,
        "reaction": "joy",
    },
    ("unreact", MINE, "joy", "--from", FRANK): {
        "from": FRANK,
        "message_id": MINE,
        "reaction": "joy",
    },
    ("read", "--from", FRANK, "--conversation", DIRECT): {"from": FRANK, "conversation_id": DIRECT},
    ("read", "--from", FRANK, "--message", MINE): {"from": FRANK, "message_id": MINE},
    ("active", FRANK): {"contact": FRANK},
    ("join", FRANK, GROUP): {"contact": FRANK, "group_id": GROUP},
    ("leave", FRANK, GROUP): {"contact": FRANK, "group_id": GROUP},
    ("open", DIRECT): {"conversation_id": DIRECT},
}


@pytest.fixture(scope="module")
def serving(shared_commands: Commands) -> Serving:
    return shared_commands.serve()


def printed(done: Done) -> Any:
    assert (done.code, done.err) == (0, ""), done
    return json.loads(done.out)


@pytest.mark.parametrize("words", ACTS, ids=" ".join)
def test_an_action_is_that_of_the_control_api(
    commands: Commands, serving: Serving, words: tuple[str, ...]
) -> None:
    sandbox = f"act_{list(ACTS).index(words)}"
    done = commands.invoke("simulate", *words, "--url", serving.url, "--sandbox", sandbox)
    entry = serving("GET", "/_sandbox/requests/req_1", token=f"sandbox_{sandbox}").json
    assert entry["operation"] == f"simulate.{words[0]}"
    assert entry["request"]["body"] == ACTS[words]
    assert printed(done) == entry["response"]["body"]


def test_attachments_are_ids_or_files(commands: Commands, serving: Serving) -> None:
    (commands.folder / "plan.txt").write_bytes(b"\x00\xff")
    here = ("--url", serving.url, "--sandbox", "files")
    sent = printed(
        commands.invoke("simulate", "message", *here, "--from", FRANK, "--file", "plan.txt")
    )
    [attachment] = sent["attachments"]
    assert (attachment["filename"], attachment["file_size"]) == ("plan.txt", 2)
    more = ("--attachment", attachment["id"], "--file", "plan.txt")
    edited = printed(commands.invoke("simulate", "edit", sent["id"], *here, *more, "--", "-v"))
    assert edited["message"] == "-v"
    assert [attachment["filename"] for attachment in edited["attachments"]] == ["plan.txt"] * 2
    assert edited["attachments"][0] == attachment


def test_the_variables_of_env_find_the_server_and_the_sandbox(
    commands: Commands, serving: Serving
) -> None:
    variables = {"MOCKSERVER_URL": serving.url, "MOCKSERVER_TOKEN": "sandbox_by_variable"}
    first = printed(commands.invoke("simulate", "active", FRANK, **variables))
    second = printed(commands.invoke("simulate", "active", FRANK, **variables))
    assert second["last_active_at"] == first["last_active_at"] + 1


def test_a_server_with_fixed_tokens_gets_its_token(commands: Commands) -> None:
    own = commands.serve("--token", "mine")
    act = ("simulate", "active", FRANK, "--url", own.url)
    commands.invoke(*act).failed(
        1, "requires one of the tokens it was started with; pass one with --token"
    )
    assert printed(commands.invoke(*act, "--token", "mine"))["username"] == FRANK


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("active", "FrankMcCalister"), 1, f"did you mean '{FRANK}'?"),
        (("message", "--from", FRANK), 1, "message: may not be empty"),
        (("delete", MINE), 1, "is the user's own"),
        (("read", "--from", FRANK), 1, "give exactly one of conversation_id and message_id"),
        (("read", "--from", FRANK, "--message", "a", "--conversation", "b"), 2, "not both"),
        (("message", "Well?"), 2, "Missing option '--from'"),
        (("message", "--from", FRANK, "--file", "no.txt"), 2, "'no.txt' does not exist"),
        (("sing", FRANK), 2, "No such command 'sing'"),
        (("mesage", FRANK), 2, "Did you mean 'message'?"),
        (("active", FRANK, "--sandbox", "a b"), 2, "'a b' is not a name"),
    ],
    ids=str,
)
def test_an_error_response_is_printed(
    commands: Commands, serving: Serving, words: tuple[str, ...], code: int, message: str
) -> None:
    commands.invoke("simulate", *words, MOCKSERVER_URL=serving.url).failed(code, message)


def test_a_missing_server_is_exit_code_1(commands: Commands, free_ports: Iterator[int]) -> None:
    url = f"http://127.0.0.1:{next(free_ports)}"
    commands.invoke("simulate", "active", FRANK, "--url", url).failed(
        1, f"no mockserver is listening at {url}"
    )
