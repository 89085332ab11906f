"""This server's asset URLs and the files behind them: uploads, placeholders, avatars.

The paths are ``/_assets/SANDBOX/attachments/ID/FILENAME`` and ``/_assets/SANDBOX/avatars/NAME``.
Uploads come from the sandbox and the other files are generated; no path refers to a file on disk.
"""

from typing import Any
from urllib.parse import quote, unquote

from flask import Flask, Response
from werkzeug.datastructures import Range
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import parse_range_header

from mockserver.errors import NotFound, RangeNotSatisfiable
from mockserver.resources.attachments import FILES_URL
from mockserver.sandbox.registry import SandboxRegistry
from mockserver.web.request import current_request

ASSET_HOST = "https://assets.protocol.chat/"  # as documented
HEADERS = {
    "Accept-Ranges": "bytes",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    # Without it, a page could get the copy cached for an <img>, which has no CORS headers.
    "Vary": "Origin",
}


def localize(value: Any, base_url: str, sandbox: str) -> Any:
    """Return a copy of a JSON value whose asset URLs are on this server, at ``base_url``."""
    if isinstance(value, list):
        return [localize(item, base_url, sandbox) for item in value]
    if not isinstance(value, dict):
        return value
    result = {key: localize(item, base_url, sandbox) for key, item in value.items()}
    root = f"{base_url}_assets/{sandbox}"
    avatar_url, file_url = value.get("avatar_url"), value.get("file_url")
    # Check the types, because a reaction may be named like one of these attributes.
    if isinstance(avatar_url, str) and avatar_url.startswith(ASSET_HOST):
        name = avatar_url.removeprefix(ASSET_HOST).removeprefix("avatars/")
        result["avatar_url"] = f"{root}/avatars/{name}"
    if isinstance(file_url, str) and file_url.startswith(FILES_URL):
        name = quote(value["filename"], safe="")
        result["file_url"] = f"{root}/attachments/{value['id']}/{name}"
    return result


def install(app: Flask, sandboxes: SandboxRegistry) -> None:
    from mockserver.web.placeholders import avatar, placeholder

    def serve_file(name: str, record_id: str, filename: str) -> Response:
        with sandboxes.get(name).read() as world:
            record = world["attachment"].get(record_id)
            stored = world.files.get(record_id)
        if record is None or record["filename"] != filename:
            raise NotFound(f"no attachment '{record_id}' with this filename")
        media_type = record["file_type"]
        if stored is None:
            return _response(*placeholder(filename, media_type, record["file_size"]))
        return _response(stored.data, media_type)

    def serve_avatar(name: str, filename: str = "") -> Response:
        stem = unquote(filename).rsplit("/", 1)[-1].rsplit(".", 1)[0]
        return _response(*avatar(stem))

    root = "/_assets/<name>"
    app.add_url_rule(f"{root}/attachments/<record_id>/<filename>", "assets.file", serve_file)
    app.add_url_rule(f"{root}/avatars/", "assets.avatar", serve_avatar)
    app.add_url_rule(f"{root}/avatars/<path:filename>", "assets.named_avatar", serve_avatar)


def _response(content: bytes, media_type: str) -> Response:
    """Return the file, or the part of it that the request asks for.

    RFC 9110, section 14.2, lets a server ignore several ranges, and requires it to ignore invalid
    ones and other methods than GET.
    """
    response = Response(content, headers=HEADERS, content_type=media_type)
    response.add_etag()
    environ = dict(current_request().environ)
    ranges = parse_range_header(environ.pop("HTTP_RANGE", None))
    is_read = environ["REQUEST_METHOD"] == "GET"
    if is_read and ranges and ranges.units == "bytes" and len(ranges.ranges) == 1:
        [(start, stop)] = ranges.ranges
        # werkzeug refuses a suffix that is longer than the file; it means the whole file.
        environ["HTTP_RANGE"] = Range("bytes", [(max(start, -len(content)), stop)]).to_header()
    try:
        response.make_conditional(environ, accept_ranges=True, complete_length=len(content))
    except RequestedRangeNotSatisfiable:
        raise RangeNotSatisfiable(len(content)) from None
    del response.headers["Date"]  # the server adds it to every response
    return response
