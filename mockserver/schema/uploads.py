"""An upload: a file as it arrived with a form."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that arrived: its name as given, its type if given, its bytes."""

    name: str
    media_type: str | None
    content: bytes
