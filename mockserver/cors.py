"""The headers that let a web page of any origin read a response (Fetch, "CORS protocol")."""

import re
from collections.abc import Iterable

# Matches a web page's request to the API or for a file, even if the rest of its head is malformed.
FROM_PAGE = re.compile(
    rb"\S+ (?:http://[^/ ]+)?(?:(?:/s/[^/ ?]+)?/v1[/? ]|/_assets/)(?s:.)*"
    rb"\r\n(?i:Origin):[ \t]*([^\r\n]*?)[ \t]*\r\n"
)


def cors_headers(origin: str, names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the headers for a request with this ``Origin``; ``names`` are the response's headers.

    Nothing is "*", which browsers do not accept for a request with credentials.
    """
    return [
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Expose-Headers", ", ".join(names)),
    ]


def refusal_headers(raw_head: bytes, names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the headers that let a web page read why the server refused its request."""
    page = FROM_PAGE.match(raw_head)
    return [*cors_headers(page[1].decode("latin-1"), names), ("Vary", "Origin")] if page else []
