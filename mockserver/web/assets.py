"""The files behind this server's asset URLs: uploads, placeholders, avatars.

The paths are ``/_assets/SANDBOX/attachments/ID/FILENAME`` and ``/_assets/SANDBOX/avatars/NAME``.
Names are looked up in the sandbox; no file system is involved.
"""

from __future__ import annotations

from urllib.parse import unquote

from flask import Flask, Response

from mockserver.errors import NotFound
from mockserver.sandbox.registry import SandboxRegistry
from mockserver.web.placeholders import avatar, placeholder

SAFETY = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


def install(app: Flask, sandboxes: SandboxRegistry) -> None:
    """Add the routes: uploaded bytes, placeholders for files that never had any, avatars."""

    def serve_file(name: str, record_id: str, filename: str) -> Response:
        with sandboxes.get(name).read() as world:
            record = world["attachment"].get(record_id)
            content = world.files.get(record_id)
        if record is None or record["filename"] != filename:
            raise NotFound(f"no attachment '{record_id}' with this filename")
        media_type = record["file_type"]
        if content is None:
            content, media_type = placeholder(filename, media_type, record["file_size"])
        return _served(content, media_type)

    def serve_avatar(name: str, filename: str = "") -> Response:
        stem = unquote(filename).rsplit("/", 1)[-1].rsplit(".", 1)[0]
        return _served(*avatar(stem))

    for path, endpoint, view in (
        ("<name>/attachments/<record_id>/<filename>", "file", serve_file),
        ("<name>/avatars/", "avatar", serve_avatar),
        ("<name>/avatars/<path:filename>", "named_avatar", serve_avatar),
    ):
        app.add_url_rule(f"/_assets/{path}", f"assets.{endpoint}", view)


def _served(content: bytes, media_type: str) -> Response:
    return Response(content, headers=SAFETY, content_type=media_type)
