"""How a request says who asks (reference, "Authentication")."""

from __future__ import annotations

from typing import Any

EITHER: list[dict[str, list[str]]] = [{"bearer": []}, {"basic": []}]
SCHEMES: dict[str, Any] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": (
            "Recommended. In a sandbox any token is taken, unless the server was started with a "
            "list of tokens; `sandbox_NAME` selects the isolated sandbox NAME, and one that "
            "begins with `revoked_` is always refused."
        ),
    },
    "basic": {
        "type": "http",
        "scheme": "basic",
        "description": "The username counts as a token does; the password may be anything.",
    },
}
