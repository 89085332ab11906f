"""`mockserver generate`: fixtures of any size, for `mockserver serve`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Commands

KINDS = ("contacts", "groups", "conversations", "messages", "attachments")
COUNTS = dict(zip(KINDS, (12, 3, 9, 40, 7), strict=True))
FLAGS = [word for kind, count in COUNTS.items() for word in (f"--{kind}", str(count))]


def test_serve_loads_the_generated_fixtures(commands: Commands) -> None:
    done = commands.invoke("generate", *FLAGS, "-o", "own.json")
    assert (done.code, done.out) == (0, "")
    serving = commands.serve("--fixtures", "own.json")
    assert serving.ready["fixtures"] == "own.json"
    assert {kind: len(serving.ids(f"/v1/{kind}")) for kind in KINDS} == COUNTS


def test_progress_goes_to_standard_error(commands: Commands) -> None:
    done = commands.run("generate", *FLAGS, "--output", "own.json")
    assert (done.code, done.out) == (0, "")
    assert "own.json" in done.err


def test_the_same_seed_gives_the_same_bytes(commands: Commands) -> None:
    texts: dict[str, bytes] = {}
    runs = [("a", "7", "0"), ("b", "7", "random"), ("c", "8", "0")]
    for name, seed, hash_seed in runs:
        done = commands.run(
            "generate", *FLAGS, "--seed", seed, "-o", name, PYTHONHASHSEED=hash_seed
        )
        assert done.code == 0, done
        texts[name] = (commands.folder / name).read_bytes()
    assert texts["a"] == texts["b"]
    assert texts["a"] != texts["c"]


def test_default_counts_are_those_in_the_help(commands: Commands) -> None:
    assert commands.invoke("generate", "-o", "own.json").code == 0
    document: dict[str, Any] = json.loads((commands.folder / "own.json").read_text("utf-8"))
    defaults = {"contacts": 100, "groups": 10, "conversations": 120}
    defaults |= {"messages": 2000, "attachments": 100}
    assert {kind: len(document[kind]) for kind in KINDS} == defaults


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--contacts", "0"), "0 is not in the range x>=1."),
        (("--messages", "-1"), "-1 is not in the range x>=0."),
        (("--groups", "many"), "'many' is not a valid integer range."),
        (("--conversations", "0"), "mockserver: 2000 messages need at least 1 conversation"),
        (
            ("--contacts", "1", "--groups", "0"),
            "mockserver: 120 conversations need at least 2 contacts",
        ),
    ],
    ids=str,
)
def test_impossible_counts_are_exit_code_2(
    commands: Commands, flags: tuple[str, ...], message: str
) -> None:
    commands.invoke("generate", *flags, "-o", "own.json").failed(2, message)
    assert not (commands.folder / "own.json").exists()


def test_a_file_that_cannot_be_written_is_exit_code_2(commands: Commands) -> None:
    done = commands.invoke("generate", *FLAGS, "-o", "no/such/own.json")
    done.failed(2, "mockserver: cannot write no/such/own.json: No such file or directory")


def test_a_failed_run_keeps_the_old_file(commands: Commands) -> None:
    file = commands.folder / "own.json"
    file.write_text("old")
    commands.invoke("generate", "--conversations", "0", "-o", "own.json").failed(2)
    assert file.read_text() == "old"
    assert commands.invoke("generate", *FLAGS, "-o", "own.json").code == 0
    assert json.loads(file.read_text("utf-8"))["version"] == 1
    assert [*commands.folder.iterdir()] == [file]
