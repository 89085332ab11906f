"""What a server tells at its start: a banner for people, a line of JSON for machines."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mockserver import __version__
from mockserver.cli.files import Output
from mockserver.cli.variables import usable_token
from mockserver.settings import Settings


def ready_line(settings: Settings, url: str, port: int) -> str:
    """That the server answers, and where."""
    ready = {
        "event": "ready",
        "url": url,
        "port": port,
        "pid": os.getpid(),
        "version": __version__,
        "fixtures": settings.fixtures,
        "seed": settings.seed,
    }
    return json.dumps(ready)


@contextmanager
def ready_file(file: Output | None, line: str) -> Iterator[None]:
    """The line in a file, for as long as the server answers.

    The file goes away first: nobody shall find a server that is about to stop.
    """
    if file is None:
        yield
        return
    file.write(f"{line}\n".encode())
    try:
        yield
    finally:
        file.remove()


def banner(settings: Settings, url: str, app: Any) -> str:
    """What is served where, and a first request to paste."""
    header = shlex.quote(f"Authorization: Bearer {usable_token(settings, 'demo')}")
    first = shlex.quote(f"{url}/v1/conversations?limit=3")
    pace = "" if settings.speed == 1 else f", {settings.speed} times as fast"
    lines = [
        f"mockserver {__version__}: the Protocol API, in memory",
        f"  API       {url}/v1",
        f"  look      {url}/",
        f"  fixtures  {settings.fixtures} (seed {settings.seed}, clock {settings.clock}{pace})",
    ]
    if settings.bots:
        lines.append(f"  bots      {settings.bots}, at {url}/_sandbox/bots/transcript?format=text")
    lines.append(f"  try       curl -H {header} {first}")
    if app.is_exposed:
        reach = "other machines can reach this by address (by name: --allow-host NAME)"
        lines.append(f"  WARNING   listening on {settings.host}: {reach}")
    if app.control_tokens and not settings.token:
        lines.append(f"  control   /_sandbox needs the token {app.control_tokens[0]}")
    return "\n".join(lines)
