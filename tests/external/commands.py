"""Commands of Python and npm packages, run in a folder."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


def run(
    command: str, folder: Path, environment: Mapping[str, str] | None = None, *, check: bool = True
) -> str:
    """Run a command and return its output; fail if ``check`` and it does.

    Its program is one of the virtual environment, of ``node_modules`` in the folder, or of PATH.
    """
    programs = [Path(sys.executable).parent, folder / "node_modules/.bin", os.environ["PATH"]]
    path = os.pathsep.join(map(str, programs))
    result = subprocess.run(
        shlex.split(command),
        cwd=folder,
        env={**os.environ, "PATH": path, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0 or not check, f"{command}\n{result.stdout}{result.stderr}"
    return result.stdout
