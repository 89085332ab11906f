"""A project of one's own with pytest and the plugin, run as its owner would run it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest


@dataclass(frozen=True)
class Run:
    """A run that has ended: its exit code, and all that it printed."""

    code: int
    out: str

    def ended(self, code: int, **counts: int) -> Run:
        """Check the exit code and the closing line, such as ``2 passed, 1 failed``."""
        found = {kind: int(n) for n, kind in re.findall(r"(\d+) (passed|failed|error)", self.last)}
        assert (self.code, found) == (code, counts), self.out
        return self

    @property
    def last(self) -> str:
        return self.out.strip().splitlines()[-1]


@dataclass(frozen=True)
class Project:
    """A folder with tests."""

    folder: Path

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(dedent(text), encoding="utf-8")

    def pytest(self, *arguments: str, **variables: str) -> Run:
        """Run it, in a process of its own; warnings are errors.

        Plugins that take a second to import, and change nothing here, are left out.
        """
        plain = [f"-pno:{name}" for name in ("cacheprovider", "faker", "hypothesispytest")]
        words = [sys.executable, "-m", "pytest", *plain, "-Werror"]
        known = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("MOCKSERVER_", "PYTEST_"))
        }
        done = subprocess.run(
            [*words, *arguments],
            cwd=self.folder,
            env={**known, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )
        return Run(done.returncode, done.stdout)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\n")
    return Project(tmp_path)


@pytest.fixture
def written(project: Project) -> Callable[[str], Project]:
    """A project of one test file."""

    def write(text: str) -> Project:
        project.write("test_it.py", text)
        return project

    return write
