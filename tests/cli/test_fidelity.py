"""`mockserver fidelity`: the fidelity table in a terminal."""

from __future__ import annotations

import json
import subprocess

import pytest

from mockserver.contract.fidelity.provenance import counts, rows


def run(command: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([command, "fidelity", *words], capture_output=True, text=True, timeout=60)


def test_the_rows_are_printed_as_a_table(mockserver_command: str) -> None:
    result = run(mockserver_command)
    assert result.returncode == 0
    lines = result.stdout.splitlines()
    assert sum(line.startswith(("documented", "decided", "extension")) for line in lines) == len(
        rows()
    )
    last = ", ".join(f"{count} {basis}" for basis, count in counts(rows()).items())
    assert lines[-1] == last


def test_one_basis_of_one_area_as_json(mockserver_command: str) -> None:
    result = run(mockserver_command, "--json", "--area", "status", "--basis", "documented")
    assert [item["subject"] for item in json.loads(result.stdout)["data"]] == ["401", "413", "415"]


@pytest.mark.parametrize("word", ["--area", "--basis"])
def test_an_unknown_area_or_basis_is_exit_code_2(mockserver_command: str, word: str) -> None:
    result = run(mockserver_command, word, "guess")
    assert result.returncode == 2
    assert "'guess' is not one of" in result.stderr
