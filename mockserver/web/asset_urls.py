"""Asset URLs: those that the documentation shows, as those of this server that really serve."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from mockserver.resources.attachments import FILES

HOST = "https://assets.protocol.chat/"


def localised(shown: Any, base: str, sandbox: str) -> Any:
    """The same with every asset URL of the documented host pointing below ``base`` (a URL)."""
    if isinstance(shown, list):
        return [localised(each, base, sandbox) for each in shown]
    if not isinstance(shown, dict):
        return shown
    result = {name: localised(value, base, sandbox) for name, value in shown.items()}
    home = f"{base}_assets/{sandbox}"
    avatar_url, file_url = shown.get("avatar_url"), shown.get("file_url")
    # Whatever it is: a reaction may have one of these names, and an array of usernames under it.
    if isinstance(avatar_url, str) and avatar_url.startswith(HOST):
        name = avatar_url.removeprefix(HOST).removeprefix("avatars/")
        result["avatar_url"] = f"{home}/avatars/{name}"
    if isinstance(file_url, str) and file_url.startswith(FILES):
        name = quote(shown["filename"], safe="")
        result["file_url"] = f"{home}/attachments/{shown['id']}/{name}"
    return result
