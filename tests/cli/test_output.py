"""Standard output and standard error that cannot take what a command prints."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from mockserver.cli import main


def command_paths(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words that call each command."""
    yield path
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from command_paths(command, (*path, name))
        else:
            yield (*path, name)


@pytest.mark.parametrize("charset", ["ascii", "latin-1", "cp437"])
@pytest.mark.parametrize("words", list(command_paths(main)), ids=" ".join)
def test_help_is_printed_in_any_encoding(words: tuple[str, ...], charset: str) -> None:
    result = CliRunner(charset=charset).invoke(main, [*words, "--help"], prog_name="\u2603")
    assert result.exception is None
    assert b"Usage: \\u2603" in result.stdout_bytes or "\u2603".encode() in result.stdout_bytes


@pytest.mark.parametrize("charset", ["ascii", "latin-1", "cp437"])
def test_fidelity_is_printed_in_any_encoding(charset: str) -> None:
    assert CliRunner(charset=charset).invoke(main, ["fidelity"]).exit_code == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full disk at hand")
@pytest.mark.parametrize(
    ("words", "code"),
    [("serve --fixtures none.json", 4), ("run --port 0 --fixtures empty -- no-such-command", 127)],
)
def test_a_full_error_stream_keeps_the_exit_code(
    mockserver_command: str, words: str, code: int
) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [mockserver_command, *words.split()]
        assert subprocess.run(command, stderr=full, timeout=60).returncode == code


@pytest.mark.skipif(os.name != "posix", reason="needs pipes that do not block")
def test_a_pipe_that_does_not_block_gets_all_output(mockserver_command: str) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with subprocess.Popen([mockserver_command, "openapi"], stdout=writer) as process:
        os.close(writer)
        with os.fdopen(reader, "rb") as output:
            assert len(json.loads(output.read())["paths"]) > 5
    assert process.returncode == 0


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
def test_without_an_error_stream_a_report_is_still_json(mockserver_command: str) -> None:
    script = 'exec "$0" check client --json -- echo hello 2>&-'
    done = subprocess.run(["sh", "-c", script, mockserver_command], capture_output=True, timeout=60)
    assert json.loads(done.stdout)["command"] == "echo hello"
