"""The headers that let a web page of any origin read a response (Fetch, "CORS protocol")."""

from collections.abc import Iterable


def cors_headers(origin: str, names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the headers for a request with this ``Origin``; ``names`` are the response's headers.

    Nothing is "*", which browsers do not accept for a request with credentials.
    """
    return [
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Expose-Headers", ", ".join(names)),
    ]
