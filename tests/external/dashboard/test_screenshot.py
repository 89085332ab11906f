"""The README's screenshot is made by the script that the README names."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.external
ROOT = Path(__file__).parents[3]


def test_the_command_makes_the_screenshot(tmp_path: Path) -> None:
    path = tmp_path / "screenshot.png"
    command = [sys.executable, str(ROOT / ".ci/screenshot"), str(path)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    committed = (ROOT / ".ci/screenshot.png").read_bytes()
    taken = path.read_bytes()
    assert png_size(taken) == png_size(committed)
    assert "](.ci/screenshot.png)" in (ROOT / "README.md").read_text("utf-8")


def png_size(png: bytes) -> tuple[int, ...]:
    """Return width and height (PNG specification, 11.2.2)."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])
