"""Fixtures that run the guide's recipes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.guide.snippets import GUIDE, Document

PAGES = ("pytest", "test-runners", "webhooks")
#: Plugins of our own tests that a user's project need not have. They are slow to import.
EXCLUDED = ("anyio", "faker", "hypothesispytest", "randomly", "schemathesis", "timeout", "xdist")
OPTIONS = " ".join(f"-pno:{name}" for name in EXCLUDED)
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def snippets() -> Document:
    """The pages with recipes, as one document."""
    texts = [(GUIDE / f"{name}.md").read_text(encoding="utf-8") for name in PAGES]
    return Document("guide", "\n".join(texts))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command line in a temporary folder, with our commands on the path."""

    def run_command(command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if "MOCKSERVER" not in name}
        clean["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{clean['PATH']}"
        return subprocess.run(
            ["bash", "-ec", command],
            cwd=tmp_path,
            env={**clean, "PYTEST_ADDOPTS": OPTIONS, **variables},
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run_command
