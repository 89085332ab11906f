"""Completion of words by the shell, as `click` provides it."""

from __future__ import annotations

import os
import subprocess

import pytest


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_script(mockserver_command: str, shell: str) -> None:
    environment = {**os.environ, "_MOCKSERVER_COMPLETE": f"{shell}_source"}
    done = subprocess.run([mockserver_command], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert f"_MOCKSERVER_COMPLETE={shell}_complete" in done.stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("se", ["serve"]),
        ("check a", ["api"]),
        ("serve --clo", ["--clock"]),
        ("serve --clock f", ["frozen"]),
    ],
)
def test_words_are_completed(mockserver_command: str, words: str, expected: list[str]) -> None:
    position = str(len(words.split()))
    environment = {
        **os.environ,
        "_MOCKSERVER_COMPLETE": "bash_complete",
        "COMP_WORDS": f"mockserver {words}",
        "COMP_CWORD": position,
    }
    done = subprocess.run([mockserver_command], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.partition(",")[2] for line in done.stdout.split()] == expected
