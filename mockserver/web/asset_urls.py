"""Asset URLs: the documented host's, rewritten to this server's."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from mockserver.resources.attachments import FILES_URL

HOST = "https://assets.protocol.chat/"


def localize(value: Any, base: str, sandbox: str) -> Any:
    """Return a copy in which asset URLs of the documented host begin with ``base`` (a URL)."""
    if isinstance(value, list):
        return [localize(item, base, sandbox) for item in value]
    if not isinstance(value, dict):
        return value
    result = {key: localize(item, base, sandbox) for key, item in value.items()}
    root = f"{base}_assets/{sandbox}"
    avatar_url, file_url = value.get("avatar_url"), value.get("file_url")
    # The types are checked because a reaction may have one of these names.
    if isinstance(avatar_url, str) and avatar_url.startswith(HOST):
        name = avatar_url.removeprefix(HOST).removeprefix("avatars/")
        result["avatar_url"] = f"{root}/avatars/{name}"
    if isinstance(file_url, str) and file_url.startswith(FILES_URL):
        name = quote(value["filename"], safe="")
        result["file_url"] = f"{root}/attachments/{value['id']}/{name}"
    return result
