"""The README's picture is made by the command that it tells, and by anyone."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.external
ROOT = Path(__file__).parents[3]


def test_the_command_makes_the_picture(tmp_path: Path) -> None:
    picture = tmp_path / "made.png"
    command = [sys.executable, str(ROOT / ".ci/screenshot"), str(picture)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    shown = (ROOT / ".ci/screenshot.png").read_bytes()
    made = picture.read_bytes()
    assert size(made) == size(shown)
    assert "](.ci/screenshot.png)" in (ROOT / "README.md").read_text("utf-8")


def size(png: bytes) -> tuple[int, ...]:
    """Its width and height (PNG, section 11.2.2)."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])
