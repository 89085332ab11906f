"""`--save-on-exit FILE`: the state of the sandbox `default` at the end, as fixtures."""

from __future__ import annotations

import json
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Commands, Serving

CONTACT = {"username": "Marv", "phone_number": "1-800-555-0100"}
LISTS = ("contacts", "groups", "conversations", "messages", "attachments")
#: Makes a contact in the sandbox 'default' of the server that `run` has started, and exits with 7.
MAKE = """
import os, urllib.request
headers = {"Authorization": "Bearer any", "Content-Type": "application/json"}
url = os.environ["PROTOCOL_API_BASE_URL"] + "/contacts"
body = b'{"username": "Marv", "phone_number": "1"}'
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
assert direct.open(urllib.request.Request(url, body, headers)).status == 201
raise SystemExit(7)
"""


def change(serving: Serving) -> Any:
    """Make and delete some of each kind, and upload a file; the new message."""

    def call(method: str, path: str, body: Any = None) -> Any:
        answer = serving(method, path, token="any", body=body)
        assert answer.status in (200, 201, 204), answer
        return answer.json if answer.data else None

    contact = call("POST", "/v1/contacts", CONTACT)
    group = call("POST", "/v1/groups", {"name": "Wet bandits", "contacts": [contact["id"]]})
    file = upload(serving)
    said = {"conversation_id": group["conversation_id"], "message": "¡Qué día! 🪜"}
    message = call("POST", "/v1/messages", {**said, "attachments": [file["id"]]})
    call("DELETE", f"/v1/messages/{call('POST', '/v1/messages', said)['id']}")
    call("DELETE", f"/v1/contacts/{contact['id']}")
    return message


def upload(serving: Serving) -> Any:
    """An attachment that holds the bytes 0 to 255."""
    head = 'Content-Disposition: form-data; name="file"; filename="all.bin"'
    body = f"--x\r\n{head}\r\n\r\n".encode() + bytes(range(256)) + b"\r\n--x--\r\n"
    headers = f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {len(body)}\r\n"
    with serving.connect() as sock, sock.makefile("rb") as stream:
        sock.sendall(
            b"POST /v1/attachments HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer any\r\n"
            + f"Connection: close\r\n{headers}\r\n".encode()
            + body
        )
        answer = stream.read()
    assert answer.startswith(b"HTTP/1.1 201 "), answer
    return json.loads(answer.partition(b"\r\n\r\n")[2])


def everything(serving: Serving) -> list[Any]:
    """Each list, the exported state, and what is made next, with its id and its time."""
    get = [serving("GET", f"/v1/{each}?limit=100", token="any").json for each in LISTS]
    state = serving("GET", "/_sandbox/state", token="any").json
    return [*get, state, serving("POST", "/v1/contacts", token="any", body=CONTACT).json]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_with_the_saved_state_goes_on_where_the_first_ended(
    commands: Commands, number: int
) -> None:
    saved = commands.folder / "saved.json"
    first = commands.serve("--save-on-exit", saved, "--seed", "7", "--clock", "frozen")
    change(first)
    assert not saved.exists()
    assert first.stop(number).code == 0
    aside = shutil.copy(saved, commands.folder / "aside.json")
    again = commands.serve("--fixtures", saved, "--save-on-exit", saved)
    assert again.stop(number).code == 0
    assert saved.read_bytes() == Path(aside).read_bytes()
    twin = commands.serve("--seed", "7", "--clock", "frozen")
    change(twin)
    assert everything(commands.serve("--fixtures", saved)) == everything(twin)


def test_the_file_is_the_state_that_the_control_api_tells(commands: Commands) -> None:
    saved = commands.folder / "saved.json"
    serving = commands.serve(MOCKSERVER_SAVE_ON_EXIT=str(saved))
    message = change(serving)
    serving("POST", "/v1/contacts", token="sandbox_other", body=CONTACT)
    told = serving("GET", "/_sandbox/state", token="any").json
    serving.stop()
    text = saved.read_text(encoding="utf-8")
    assert json.loads(text) == told
    assert f'      "message": "{message["message"]}",\n' in text  # for people and for diff
    assert text.endswith("}\n")


def test_the_old_file_is_replaced_not_written_over(commands: Commands) -> None:
    folder = commands.folder / "saved"
    folder.mkdir()
    saved = folder / "saved.json"
    saved.write_text("of an earlier run")
    serving = commands.serve("--save-on-exit", saved)
    assert saved.read_text() == "of an earlier run"
    with saved.open() as earlier:
        serving.stop()
        assert earlier.read() == "of an earlier run"  # written over, it would be the new state
    assert json.loads(saved.read_text("utf-8"))["version"] == 1
    assert list(folder.iterdir()) == [saved]


@pytest.mark.parametrize("command", ["serve", "run"])
@pytest.mark.parametrize(
    ("name", "why"),
    [
        (".", "Is a directory"),
        ("/", "Is a directory"),
        ("no/such/folder/saved.json", "No such file or directory"),
        ("stderr-1/saved.json", "Not a directory"),
    ],
)
def test_what_cannot_be_written_is_refused_at_the_start(
    commands: Commands, command: str, name: str, why: str
) -> None:
    words = ("--save-on-exit", name, "--fixtures", "empty")
    extra = ("--", "touch", "ran") if command == "run" else ("--port", 0)
    done = commands.run(command, *words, *extra)
    done.failed(2, f"mockserver: cannot write the state to {name}: {why}\n")
    assert [file.name for file in commands.folder.iterdir()] == ["stderr-1"]


def test_a_start_that_is_refused_leaves_the_old_file_as_it_was(commands: Commands) -> None:
    saved = commands.folder / "saved.json"
    saved.write_text("of an earlier run")
    owner = commands.serve()
    words = ("--save-on-exit", saved)
    commands.run("serve", "--port", owner.port, *words).failed(3)
    commands.run("serve", "--port", 0, "--fixtures", "no.json", *words).failed(4)
    commands.run("serve", "--port", 0, "--ready-file", "no/such/file", *words).failed(2)
    assert saved.read_text() == "of an earlier run"


def test_a_failure_at_the_end_is_told_and_is_exit_code_1(commands: Commands) -> None:
    folder = commands.folder / "folder"
    folder.mkdir()
    serving = commands.serve("--save-on-exit", "folder/saved.json")
    folder.rmdir()
    done = serving.stop()
    assert done.code == 1
    said = "mockserver: cannot write the state to folder/saved.json: No such file or directory"
    assert done.err.splitlines()[-1] == said


def test_run_saves_too_and_keeps_the_exit_code(commands: Commands) -> None:
    words = ("--save-on-exit", "saved.json", "--", sys.executable, "-c", MAKE)
    assert commands.run("run", *words).code == 7
    document = json.loads((commands.folder / "saved.json").read_text("utf-8"))
    assert document["contacts"][-1]["username"] == "Marv"


def test_a_second_signal_does_not_break_off_the_saving(commands: Commands) -> None:
    commands.run("generate", "-o", "large.json")
    serving = commands.serve("--fixtures", "large.json", "--save-on-exit", "saved.json")
    for _ in range(20):
        serving.process.send_signal(signal.SIGINT)
    assert serving.stop().code == 0
    document = json.loads((commands.folder / "saved.json").read_text("utf-8"))
    assert len(document["messages"]) == 2000
