"""Packages of npm, installed when a test first needs them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Install = Callable[..., Path]


@pytest.fixture(scope="session")
def npm(tmp_path_factory: pytest.TempPathFactory) -> Install:
    """Return a function that installs packages (``name@version``) and returns their folder."""
    folders: dict[tuple[str, ...], Path] = {}

    def install(*packages: str) -> Path:
        if packages not in folders:
            folder = tmp_path_factory.mktemp("npm")
            (folder / "package.json").write_text('{"private": true}')
            command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *packages]
            result = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, timeout=240
            )
            assert result.returncode == 0, result.stderr
            folders[packages] = folder
        return folders[packages]

    return install
