"""Responses with HTML pages and the files that they load, all from the installed package."""

from contextlib import suppress

from flask import Response
from jinja2 import Environment, FunctionLoader, StrictUndefined

from mockserver.errors import NotFound
from mockserver.unpatched import read_data, read_text

#: The media types of served files, by extension.
MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
}
ASSET_FOLDERS = ("scripts", "styles", "pictures")
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    # The files change with the installed version, and revalidating on loopback is cheap.
    "Cache-Control": "no-cache",
}
POLICY = "default-src 'none'; {}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def create_environment(*folders: tuple[str, str]) -> Environment:
    """Create a Jinja environment; each of ``folders`` is a package and a folder in it."""

    def load_template(name: str) -> str | None:
        for package, folder in folders:
            with suppress(OSError):
                return read_text(package, f"{folder}/{name}")
        return None

    return Environment(
        loader=FunctionLoader(load_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def html_response(text: str, policy: str) -> Response:
    """Return a page that may load only what ``policy``, in CSP syntax, allows."""
    headers = {**SECURITY_HEADERS, "Content-Security-Policy": POLICY.format(policy)}
    return Response(text, headers=headers, content_type=MEDIA_TYPES["html"])


def file_response(package: str, path: str) -> Response:
    """Return a file of a package; raises ``OSError`` or ``ValueError`` if there is none."""
    media_type = MEDIA_TYPES[path.rpartition(".")[2]]
    data = read_data(package, path)
    return Response(data, headers=SECURITY_HEADERS, content_type=media_type)


def serve_asset(package: str, owner: str, folder: str, name: str) -> Response:
    """Serve a script, style or picture of a package; errors name ``owner``, such as "the guide"."""
    path = f"{folder}/{name}"
    is_allowed = folder in ASSET_FOLDERS and name.rpartition(".")[2] in MEDIA_TYPES
    if is_allowed and "/" not in name:
        with suppress(OSError, ValueError):
            return file_response(package, path)
    raise NotFound(f"{owner} has no file '{path}'")
