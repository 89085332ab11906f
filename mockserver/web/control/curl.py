"""A command for a POSIX shell that repeats a request: all of it that the server goes by.

Every word that comes from a client is quoted, so that nothing in it can be anything but data: not
for the shell, and not for curl, which reads files (``@``), globs URLs and tidies paths.
"""

from __future__ import annotations

import re
import shlex
import unicodedata
from base64 import b64encode
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

from mockserver.journal.exchange import SECRET_HEADERS, Exchange
from mockserver.sandbox.sandbox import DEFAULT
from mockserver.web.auth import PREFIX, sandbox_name

#: What curl sees to itself, what concerns one connection only (RFC 9110, section 7.6.1), and what a
#: browser says of itself.
UNSAID = SECRET_HEADERS | {
    *("host", "content-length", "connection", "accept-encoding", "user-agent", "expect"),
    *("keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"),
    *("referer", "dnt", "priority", "upgrade-insecure-requests"),
}
BROWSERS = "sec-"
CONTENT_TYPE = "content-type"
#: What a name of a header may be made of (RFC 9110, section 5.6.2): curl takes another sign at
#: either end of it for something of its own.
TOKEN = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
PATH = "/!$&'()*+,:;=@"
#: What stands in a query as it came; all else there is escaped, as it should have been.
QUERY = "!$&'()*+,/:;=?@[]{}|^`\\\"<>%~-._"
LONGEST_WORD = 100_000
"""Bytes in one argument; Linux takes no more than 128 KiB (execve(2), MAX_ARG_STRLEN)."""

JOINERS = "\u200c\u200d"
"""Of what is there and cannot be seen, that which makes one picture of several."""


class Caller(NamedTuple):
    """Who would repeat it: by which URL they reach the server, and with which token."""

    url: str
    token: str | None


def curl(exchange: Exchange, sandbox: str, caller: Caller) -> str:
    """The command that does the same in the same sandbox."""
    token = caller.token or ("demo" if sandbox == DEFAULT else f"{PREFIX}{sandbox}")
    words = [*_method(exchange), *_url(exchange, sandbox, caller.url, token)]
    headers = [_word(f"Authorization: Bearer {token}".encode()), *_headers(exchange)]
    source, body = _body(b"" if exchange.method == "HEAD" else exchange.body)
    lines = [" ".join(words), *(f"-H {each}" for each in headers), *body]
    return source + " \\\n  ".join(lines)


def _method(exchange: Exchange) -> Iterator[str]:
    yield "curl"
    if exchange.method == "HEAD":
        yield "--head"
    elif exchange.method != ("POST" if exchange.body else "GET"):
        yield f"-X {shlex.quote(exchange.method)}"


def _url(exchange: Exchange, sandbox: str, root: str, token: str) -> Iterator[str]:
    path, query = exchange.path, _as_sent(exchange.query_string)
    root = root.rstrip("/")
    if path == "/v1" or path.startswith("/v1/"):
        if sandbox != DEFAULT or sandbox_name(token) != DEFAULT:
            root += f"/s/{sandbox}"
    elif not re.search(r"(?:^|&)sandbox=", query) and sandbox_name(token) != sandbox:
        query = f"{query}&sandbox={sandbox}".lstrip("&")
    if re.search(r"/\.\.?(?:/|$)", path):
        yield "--path-as-is"
    if re.search(r"[\[\]{}]", query):
        yield "--globoff"
    yield shlex.quote(f"{root}{quote(path, safe=PATH)}{'?' if query else ''}{query}")


def _as_sent(query: str) -> str:
    """The query string, of which the server knows the bytes as Latin-1 (PEP 3333)."""
    return quote(query.encode("latin-1", "replace"), safe=QUERY)


def _headers(exchange: Exchange) -> Iterator[str]:
    """All but what is not said: as words of the shell."""
    headers = {name.lower(): (name, value) for name, value in exchange.headers}
    for key, (name, value) in headers.items():
        if key in UNSAID or key.startswith(BROWSERS) or not TOKEN.fullmatch(name):
            continue
        if (key, value) != ("accept", "*/*"):  # which curl says anyway
            yield _word(
                name.encode() + (b": " + value.encode("latin-1", "replace") if value else b";")
            )
    if exchange.body and CONTENT_TYPE not in headers:
        yield _word(b"Content-Type:")  # else curl would call it a form


def _body(body: bytes) -> tuple[str, list[str]]:
    """What is piped into curl, and the option that takes the body."""
    if not body:
        return "", []
    if not _is_text(body):
        return f"printf %s {b64encode(body).decode()} | base64 -d | ", ["--data-binary @-"]
    text = shlex.quote(body.decode())
    if len(text.encode()) > LONGEST_WORD:  # printf is the shell's own, and bears any length
        return f"printf %s {text} | ", ["--data-binary @-"]
    return "", [f"--data-raw {text}"]


def _word(said: bytes) -> str:
    """Bytes as one word of the shell."""
    if _is_text(said):
        return shlex.quote(said.decode())
    return "\"$(printf '" + "".join(f"\\{byte:03o}" for byte in said) + "')\""


def _is_text(said: bytes) -> bool:
    """Whether it can be shown, copied and pasted without a loss, and reads as what it is."""
    try:
        text = said.decode()
    except UnicodeDecodeError:
        return False
    return all(
        each in "\n\t" or each in JOINERS or unicodedata.category(each)[0] != "C" for each in text
    )
