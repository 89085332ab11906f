"""Whether a mockserver answers at a URL."""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PATH = "/_sandbox/health"
PATIENCE = 5.0
"""Seconds that a server has for each step of its answer."""
MOST = 10_000
"""Bytes of an answer that are read; that of a mockserver is far shorter."""


class NoServer(Exception):
    """Nothing answers, or nothing that is a mockserver."""


def root(url: str) -> str:
    """The URL, without a slash at its end; raises ValueError for what is no root URL."""
    parts = urlsplit(url)
    plain = f"http://{parts.netloc}"
    if not parts.hostname or parts.username or url.rstrip("/") != plain or parts.port == 0:
        raise ValueError
    return plain


def announced(file: Path) -> str:
    """The URL of a ready file; raises ``NoServer``."""
    start = f"it is there while 'mockserver serve --ready-file {file}' runs"
    try:
        return root(json.loads(file.read_bytes())["url"])
    except OSError as error:
        raise NoServer(f"cannot read the ready file {file}: {error.strerror}; {start}") from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise NoServer(f"there is no ready line in {file}; {start}") from None


def check(url: str) -> dict[str, Any]:
    """Ask the server at a root URL for its health, and return that; raises ``NoServer``.

    The connection is direct: no variable of a proxy is heeded.
    """
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        connection.request("GET", PATH)
        answer = connection.getresponse()
        text = answer.read(MOST)
    except (OSError, UnicodeError) as error:  # UnicodeError: a host that is no name at all
        why = getattr(error, "strerror", None) or error
        raise NoServer(f"nothing answers at {url} ({why}); start it: mockserver serve") from None
    except HTTPException as error:
        raise NoServer(f"what answers at {url} is no mockserver: it speaks no HTTP") from error
    finally:
        connection.close()
    told = _told(answer.status, text)
    if told is None:
        what = f"GET {PATH} is answered with {answer.status}"
        raise NoServer(f"what answers at {url} is no mockserver: {what}")
    return told


def _told(status: int, text: bytes) -> dict[str, Any] | None:
    """The health of a mockserver; None where it is none."""
    try:
        told = json.loads(text)
    except ValueError:
        return None
    ours = status == 200 and isinstance(told, dict) and {"status", "version"} <= told.keys()
    return told if ours else None
