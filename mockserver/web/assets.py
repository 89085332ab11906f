"""Asset URLs: those that the documentation shows, and those of this server that really serve.

The local paths are ``/_assets/SANDBOX/attachments/ID/FILENAME`` and
``/_assets/SANDBOX/avatars/NAME``. Names are looked up, never opened: no file system is involved.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote

from flask import Flask, Response

from mockserver.errors import NotFound
from mockserver.resources.attachments import FILES
from mockserver.sandboxes import Sandboxes
from mockserver.web.placeholders import avatar, placeholder

HOST = "https://assets.protocol.chat/"
SAFETY = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


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


def install(app: Flask, sandboxes: Sandboxes) -> None:
    """Serve uploaded bytes, placeholders for files that never had any, and avatars."""

    def serve_file(name: str, record_id: str, filename: str) -> Response:
        with sandboxes.get(name).reading() as world:
            record = world["attachment"].get(record_id)
            content = world.files.get(record_id)
        if record is None or record["filename"] != filename:
            raise NotFound(f"there is no attachment '{record_id}' with this filename")
        media_type = record["file_type"]
        if content is None:
            content, media_type = placeholder(filename, media_type, record["file_size"])
        return _served(content, media_type)

    def serve_avatar(name: str, filename: str = "") -> Response:
        stem = unquote(filename).rsplit("/", 1)[-1].rsplit(".", 1)[0]
        return _served(*avatar(stem))

    app.add_url_rule("/_assets/<name>/attachments/<record_id>/<filename>", view_func=serve_file)
    app.add_url_rule("/_assets/<name>/avatars/", view_func=serve_avatar)
    app.add_url_rule("/_assets/<name>/avatars/<path:filename>", view_func=serve_avatar)


def _served(content: bytes, media_type: str) -> Response:
    return Response(content, headers=SAFETY, content_type=media_type)
