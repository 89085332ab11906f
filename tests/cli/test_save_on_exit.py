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
#: Creates a contact in the sandbox 'default' of the server, and exits with 7.
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
    """Create and delete objects of each kind, upload a file, and return the new message."""

    def call(method: str, path: str, body: Any = None) -> Any:
        response = serving(method, path, token="any", body=body)
        assert response.status in (200, 201, 204), response
        return response.json if response.data else None

    contact = call("POST", "/v1/contacts", CONTACT)
    group = call("POST", "/v1/groups", {"name": "Wet bandits", "contacts": [contact["id"]]})
    file = upload(serving)
    body = {"conversation_id": group["conversation_id"], "message": "¡Qué día! 🪜"}
    message = call("POST", "/v1/messages", {**body, "attachments": [file["id"]]})
    call("DELETE", f"/v1/messages/{call('POST', '/v1/messages', body)['id']}")
    call("DELETE", f"/v1/contacts/{contact['id']}")
    return message


def upload(serving: Serving) -> Any:
    """Upload an attachment with the bytes 0 to 255."""
    head = 'Content-Disposition: form-data; name="file"; filename="all.bin"'
    body = f"--x\r\n{head}\r\n\r\n".encode() + bytes(range(256)) + b"\r\n--x--\r\n"
    headers = f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {len(body)}\r\n"
    with serving.connect() as sock, sock.makefile("rb") as stream:
        sock.sendall(
            b"POST /v1/attachments HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer any\r\n"
            + f"Connection: close\r\n{headers}\r\n".encode()
            + body
        )
        response = stream.read()
    assert response.startswith(b"HTTP/1.1 201 "), response
    return json.loads(response.partition(b"\r\n\r\n")[2])


def everything(serving: Serving) -> list[Any]:
    """Return all lists, the exported state, and the next new contact."""
    get = [serving("GET", f"/v1/{name}?limit=100", token="any").json for name in LISTS]
    state = serving("GET", "/_sandbox/state", token="any").json
    return [*get, state, serving("POST", "/v1/contacts", token="any", body=CONTACT).json]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_server_continues_from_the_saved_state(commands: Commands, number: int) -> None:
    saved = commands.folder / "saved.json"
    first = commands.serve("--save-on-exit", saved, "--seed", "7", "--clock", "frozen")
    change(first)
    assert not saved.exists()
    assert first.stop(number).code == 0
    aside = shutil.copy(saved, commands.folder / "aside.json")
    again = commands.serve("--fixtures", saved, "--save-on-exit", saved)
    assert again.stop(number).code == 0
    assert saved.read_bytes() == Path(aside).read_bytes()
    copy = commands.serve("--seed", "7", "--clock", "frozen")
    change(copy)
    assert everything(commands.serve("--fixtures", saved)) == everything(copy)


def test_the_file_equals_the_state_of_the_control_api(commands: Commands) -> None:
    saved = commands.folder / "saved.json"
    serving = commands.serve(MOCKSERVER_SAVE_ON_EXIT=str(saved))
    message = change(serving)
    serving("POST", "/v1/contacts", token="sandbox_other", body=CONTACT)
    state = serving("GET", "/_sandbox/state", token="any").json
    serving.stop()
    text = saved.read_text(encoding="utf-8")
    assert json.loads(text) == state
    assert f'      "message": "{message["message"]}",\n' in text  # readable, and suited for diff
    assert text.endswith("}\n")


def test_the_old_file_is_replaced_atomically(commands: Commands) -> None:
    folder = commands.folder / "saved"
    folder.mkdir()
    saved = folder / "saved.json"
    saved.write_text("of an earlier run")
    serving = commands.serve("--save-on-exit", saved)
    assert saved.read_text() == "of an earlier run"
    with saved.open() as earlier:
        serving.stop()
        assert earlier.read() == "of an earlier run"  # the old file keeps its content
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
def test_an_unwritable_file_is_rejected_at_the_start(
    commands: Commands, command: str, name: str, why: str
) -> None:
    words = ("--save-on-exit", name, "--fixtures", "empty")
    extra = ("--", "touch", "ran") if command == "run" else ("--port", 0)
    done = commands.run(command, *words, *extra)
    done.failed(2, f"mockserver: cannot write the state to {name}: {why}\n")
    assert [file.name for file in commands.folder.iterdir()] == ["stderr-1"]


def test_a_failed_start_keeps_the_old_file(commands: Commands) -> None:
    saved = commands.folder / "saved.json"
    saved.write_text("of an earlier run")
    owner = commands.serve()
    words = ("--save-on-exit", saved)
    commands.run("serve", "--port", owner.port, *words).failed(3)
    commands.run("serve", "--port", 0, "--fixtures", "no.json", *words).failed(4)
    commands.run("serve", "--port", 0, "--ready-file", "no/such/file", *words).failed(2)
    assert saved.read_text() == "of an earlier run"


def test_a_failed_save_at_exit_is_exit_code_1(commands: Commands) -> None:
    folder = commands.folder / "folder"
    folder.mkdir()
    serving = commands.serve("--save-on-exit", "folder/saved.json")
    folder.rmdir()
    done = serving.stop()
    assert done.code == 1
    error = "mockserver: cannot write the state to folder/saved.json: No such file or directory"
    assert done.err.splitlines()[-1] == error


def test_run_saves_too_and_keeps_the_exit_code(commands: Commands) -> None:
    words = ("--save-on-exit", "saved.json", "--", sys.executable, "-c", MAKE)
    assert commands.run("run", *words).code == 7
    document = json.loads((commands.folder / "saved.json").read_text("utf-8"))
    assert document["contacts"][-1]["username"] == "Marv"


def test_a_second_signal_does_not_interrupt_the_save(commands: Commands) -> None:
    commands.run("generate", "-o", "large.json")
    serving = commands.serve("--fixtures", "large.json", "--save-on-exit", "saved.json")
    for _ in range(20):
        serving.process.send_signal(signal.SIGINT)
    assert serving.stop().code == 0
    document = json.loads((commands.folder / "saved.json").read_text("utf-8"))
    assert len(document["messages"]) == 2000
