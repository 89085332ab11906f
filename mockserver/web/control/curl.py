"""A curl command for a POSIX shell that repeats a journaled request.

All data from the client is quoted, so that neither the shell nor curl interprets it: curl would
read files (``@``), expand globs in URLs and normalise paths.
"""

import re
import shlex
import unicodedata
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import quote

from mockserver.errors import SECRET_NAME, hide_query
from mockserver.journal.exchange import Exchange
from mockserver.sandbox.sandbox import DEFAULT
from mockserver.web.auth import PREFIX, sandbox_name

#: Headers that the command omits: curl sets them, they belong to one connection (RFC 9110, section
#: 7.6.1), or a browser adds them.
OMITTED_HEADERS = {
    *("host", "content-length", "connection", "accept-encoding", "user-agent", "expect"),
    *("keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"),
    *("referer", "dnt", "priority", "upgrade-insecure-requests"),
}
#: A valid header name (RFC 9110, section 5.6.2); curl interprets other characters.
HEADER_NAME = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
PATH_SAFE = "/!$&'()*+,:;=@"
#: Characters of a query that stay as they are; all others are percent-encoded.
QUERY_SAFE = "!$&'()*+,/:;=?@[]{}|^`\\\"<>%~-._"
MAX_ARGUMENT = 100_000  # bytes of one argument; Linux allows 128 KiB (execve(2), MAX_ARG_STRLEN)
JOINERS = "\u200c\u200d"  # invisible characters in emoji and in words of some scripts


def curl(exchange: Exchange, sandbox: str, root: str, token: str) -> str:
    """Return the command that repeats an exchange in the same sandbox.

    ``root`` is the server's URL. ``token`` is the caller's token, or empty if it is invalid.
    """
    if exchange.dropped_body:
        size = exchange.dropped_body["size"]
        return f"# The journal no longer has the body of {exchange.id} ({size} bytes)."
    token = token or ("demo" if sandbox == DEFAULT else f"{PREFIX}{sandbox}")
    words = ["curl"]
    if exchange.method == "HEAD":
        words.append("--head")
    elif exchange.method != ("POST" if exchange.body else "GET"):
        words.append(f"-X {shlex.quote(exchange.method)}")
    words += _url(exchange, sandbox, root.rstrip("/"), token)
    headers = [_word(f"Authorization: Bearer {token}".encode()), *_headers(exchange)]
    source, body = _body(b"" if exchange.method == "HEAD" else exchange.body)
    lines = [" ".join(words), *(f"-H {header}" for header in headers), *body]
    return source + " \\\n  ".join(lines)


def _url(exchange: Exchange, sandbox: str, root: str, token: str) -> Iterator[str]:
    path = exchange.path
    # WSGI passes the bytes of the query as Latin-1 (PEP 3333).
    query = quote(exchange.query_string.encode("latin-1", "replace"), safe=QUERY_SAFE)
    if path == "/v1" or path.startswith("/v1/"):
        if sandbox != DEFAULT or sandbox_name(token) != DEFAULT:
            root += f"/s/{sandbox}"
    elif not re.search(r"(?:^|&)sandbox=", query) and sandbox_name(token) != sandbox:
        query = f"{query}&sandbox={sandbox}".lstrip("&")
    if re.search(r"/\.\.?(?:/|$)", path):
        yield "--path-as-is"
    if re.search(r"[\[\]{}]", query):
        yield "--globoff"
    url = f"{root}{quote(path, safe=PATH_SAFE)}{'?' if query else ''}{query}"
    yield shlex.quote(hide_query(url))


def _headers(exchange: Exchange) -> Iterator[str]:
    """Yield the headers to send, as quoted words of the shell."""
    headers = {name.lower(): (name, value) for name, value in exchange.headers}
    for key, (name, value) in headers.items():
        is_omitted = key in OMITTED_HEADERS or key.startswith("sec-") or SECRET_NAME.search(key)
        # curl sends "Accept: */*" anyway.
        if HEADER_NAME.fullmatch(name) and not is_omitted and (key, value) != ("accept", "*/*"):
            content = b": " + value.encode("latin-1", "replace") if value else b";"
            yield _word(name.encode() + content)
    if exchange.body and "content-type" not in headers:
        yield _word(b"Content-Type:")  # removes the type of a form, which curl would send


def _body(body: bytes) -> tuple[str, list[str]]:
    """Return the command whose output is piped into curl, and curl's option for the body."""
    if not body:
        return "", []
    if not _is_text(body):
        return f"printf %s {b64encode(body).decode()} | base64 -d | ", ["--data-binary @-"]
    text = shlex.quote(body.decode())
    if len(text.encode()) > MAX_ARGUMENT:  # printf is built into the shell, without this limit
        return f"printf %s {text} | ", ["--data-binary @-"]
    return "", [f"--data-raw {text}"]


def _word(data: bytes) -> str:
    """Return bytes as one quoted shell word."""
    if _is_text(data):
        return shlex.quote(data.decode())
    return "\"$(printf '" + "".join(f"\\{byte:03o}" for byte in data) + "')\""


def _is_text(data: bytes) -> bool:
    """Return whether bytes are text that survives copy and paste, without control characters."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    return all(
        character in "\n\t" + JOINERS or unicodedata.category(character)[0] != "C"
        for character in text
    )
