"""The environment variables by which a test suite finds its server."""

from __future__ import annotations

from mockserver.settings import Settings

URL, TOKEN, API = "MOCKSERVER_URL", "MOCKSERVER_TOKEN", "PROTOCOL_API_BASE_URL"


def variables(url: str, token: str) -> dict[str, str]:
    """For a server at a root URL, as in the ready line, without a slash at its end."""
    return {URL: url, TOKEN: token, API: f"{url}/v1"}


def usable_token(settings: Settings, name: str) -> str:
    """A token that the server takes; called ``name`` where any will do."""
    if settings.token:
        return settings.token[0]
    return f"sandbox_{name}" if settings.require_sandbox else name
