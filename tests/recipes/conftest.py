"""What runs the recipes: the README's snippets, and a shell that finds our commands."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.recipes.snippets import Snippets

README = Path(__file__).parents[2] / "README.md"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def snippets() -> Snippets:
    return Snippets(README.read_text(encoding="utf-8"))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command line in a folder of its own, where our commands are on the path."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("MOCKSERVER_")
    }
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"

    def ran(command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-ec", command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return ran
