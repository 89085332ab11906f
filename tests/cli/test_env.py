"""`mockserver env`: the variables of a running server, for `eval` in a shell."""

from __future__ import annotations

import json
import shlex
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import TIMEOUT, command

if TYPE_CHECKING:
    from tests.cli.conftest import Commands, Done, Serving

SHOW = 'printf "%s\\n" "$MOCKSERVER_URL" "$MOCKSERVER_TOKEN" "$PROTOCOL_API_BASE_URL"'


@pytest.fixture(scope="module")
def serving(shared_commands: Commands) -> Serving:
    return shared_commands.serve("--ready-file", "ready.json")


@contextmanager
def answering(response: bytes) -> Iterator[str]:
    """Yield the URL of a server that sends these bytes for one request."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            client, _ = listening.accept()
            with client:
                client.recv(65536)
                client.sendall(response)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join(TIMEOUT)


def lines(url: str, token: str) -> str:
    return (
        f"export MOCKSERVER_URL={url}\n"
        f"export MOCKSERVER_TOKEN={token}\n"
        f"export PROTOCOL_API_BASE_URL={url}/v1\n"
    )


def printed(done: Done, url: str, token: str) -> None:
    assert (done.code, done.out, done.err) == (0, lines(url, token), ""), done


def test_env_prints_export_lines(commands: Commands, serving: Serving) -> None:
    printed(commands.invoke("env", "--url", serving.url), serving.url, "demo")


def test_the_url_may_be_a_variable_or_end_in_a_slash(commands: Commands, serving: Serving) -> None:
    url = f"{serving.url}/"
    printed(commands.invoke("env", MOCKSERVER_URL=url), serving.url, "demo")
    printed(commands.invoke("env", "--url", url, MOCKSERVER_URL="x"), serving.url, "demo")


def test_the_url_may_come_from_the_ready_file(shared_commands: Commands, serving: Serving) -> None:
    printed(shared_commands.invoke("env", "--ready-file", "ready.json"), serving.url, "demo")
    gone = {"MOCKSERVER_URL": "http://127.0.0.1:1"}
    done = shared_commands.invoke("env", "--ready-file", "ready.json", **gone)
    printed(done, serving.url, "demo")


@pytest.mark.parametrize(
    ("inherited", "expected"),
    [
        ({}, "127.0.0.1"),
        ({"NO_PROXY": "a.test,b.test"}, "a.test,b.test,127.0.0.1"),
        ({"no_proxy": "a.test", "NO_PROXY": "a.test"}, "a.test,127.0.0.1"),
        ({"no_proxy": "a.test,127.0.0.1"}, "a.test,127.0.0.1"),
        ({"NO_PROXY": "*"}, "*"),
    ],
    ids=str,
)
@pytest.mark.parametrize("proxy", ["HTTP_PROXY", "all_proxy"])
def test_the_server_is_excluded_from_a_proxy(
    commands: Commands, serving: Serving, proxy: str, inherited: dict[str, str], expected: str
) -> None:
    inherited = {**inherited, proxy: "http://127.0.0.1:1"}
    done = commands.invoke("env", "--url", serving.url, **inherited)
    assert done.out == lines(serving.url, "demo") + "".join(
        f"export {name}={shlex.quote(expected)}\n" for name in ("no_proxy", "NO_PROXY")
    )


@pytest.mark.parametrize(
    ("flags", "variable", "token"),
    [
        (("--token", "mine"), "", "mine"),
        ((), "mine", "mine"),
        ((), "first second", "first"),
        (("--token", "mine"), "other", "mine"),
        (("--sandbox", "signup"), "", "sandbox_signup"),
        (("--sandbox", "signup"), "other", "sandbox_signup"),
    ],
    ids=str,
)
def test_the_given_token_is_printed(
    commands: Commands, serving: Serving, flags: tuple[str, ...], variable: str, token: str
) -> None:
    done = commands.invoke("env", "--url", serving.url, *flags, MOCKSERVER_TOKEN=variable)
    printed(done, serving.url, token)


def test_a_shell_evaluates_the_lines(commands: Commands, serving: Serving) -> None:
    token = "it's$HOME`x`;\"&"
    ask = f"{command()} env --url {serving.url} --token {shlex.quote(token)}"
    result = subprocess.run(
        ["sh", "-c", f'eval "$({ask})"; {SHOW}'], capture_output=True, text=True, timeout=TIMEOUT
    )
    assert result.stdout.splitlines() == [serving.url, token, f"{serving.url}/v1"]


def test_a_token_the_server_rejects_is_not_printed(commands: Commands) -> None:
    strict = commands.serve("--token", "secret")
    for flags in ((), ("--sandbox", "signup")):
        done = commands.invoke("env", "--url", strict.url, *flags)
        done.failed(1, "requires one of the tokens it was started with; pass one with --token")
    careful = commands.serve("--require-sandbox")
    printed(commands.invoke("env", "--url", careful.url), careful.url, "sandbox_demo")


def test_env_accepts_a_server_with_fixed_tokens(commands: Commands) -> None:
    server = commands.serve("--token", "mine")
    printed(commands.invoke("env", "--url", server.url, "--token", "mine"), server.url, "mine")


def test_a_missing_server_is_exit_code_1(commands: Commands, free_ports: Iterator[int]) -> None:
    url = f"http://127.0.0.1:{next(free_ports)}"
    done = commands.invoke("env", "--url", url)
    done.failed(
        1, f"mockserver: no mockserver is listening at {url} (Connection refused); start one: "
    )
    assert done.err.endswith("mockserver serve\n")


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "returned 200"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", "returned 200"),
        (b'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"status":"ok"}', "returned 200"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "returned 404"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi", "returned 200"),
        (b"220 mail.example ESMTP\r\n", "not a mockserver: its response is not HTTP"),
        (b"", "no mockserver is listening"),
    ],
    ids=str,
)
def test_another_server_is_exit_code_1(commands: Commands, response: bytes, message: str) -> None:
    with answering(response) as url:
        commands.invoke("env", "--url", url).failed(1, f"at {url}", message)


def test_an_invalid_ready_file_is_exit_code_1(commands: Commands) -> None:
    start = "it exists while 'mockserver serve --ready-file"
    commands.invoke("env", "--ready-file", "no.json").failed(
        1, "the ready file no.json: No such", start
    )
    file = commands.folder / "own.json"
    for text in ("", "[]", "{}", '{"url": 7}', json.dumps({"url": "nowhere"}), "\\ud8"):
        file.write_text(text)
        commands.invoke("env", "--ready-file", file).failed(
            1, f"{file} contains no ready line", start
        )


@pytest.mark.parametrize(
    "url",
    [
        *("/", "127.0.0.1:4242", "https://127.0.0.1:4242", "http://", "http://127.0.0.1:4242/v1"),
        *("http://me@127.0.0.1", "http://127.0.0.1:x", "http://127.0.0.1:0", "http://[::1"),
    ],
)
def test_an_invalid_root_url_is_exit_code_2(commands: Commands, url: str) -> None:
    commands.invoke("env", "--url", url).failed(2, f"{url!r} is not the root URL of a server")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--url", "http://a", "--ready-file", "b"), "Give --url or --ready-file, not both."),
        (("--token", "a", "--sandbox", "b"), "Give --token or --sandbox, not both."),
        (("--token", "a b"), "'a b' is not a token"),
        (("--sandbox", "a b"), "'a b' is not a name of 1 to 64 letters"),
        (("--sandbox", ""), "'' is not a name of 1 to 64 letters"),
        (("extra",), "unexpected extra argument (extra)"),
    ],
    ids=str,
)
def test_wrong_usage_is_exit_code_2(
    commands: Commands, flags: tuple[str, ...], message: str
) -> None:
    commands.invoke("env", *flags).failed(2, message)
