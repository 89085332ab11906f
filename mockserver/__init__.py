"""mockserver: an in-memory, deterministic sandbox of the Protocol messaging API.

The names below are imported when first used: the pytest plugin of this package loads in every
pytest run of its users, and must not import Flask.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.client.mockserver import MockServer
    from mockserver.client.sandbox import Sandbox
    from mockserver.client.transport import Unreachable
    from mockserver.errors import ApiError
    from mockserver.seeding.load import FixtureError
    from mockserver.web.app import create_app

__version__ = "0.1.0"
__all__ = [
    "ApiError",
    "FixtureError",
    "MockServer",
    "Sandbox",
    "Unreachable",
    "__version__",
    "create_app",
]

_MODULES = {
    "ApiError": "mockserver.errors",
    "FixtureError": "mockserver.seeding.load",
    "MockServer": "mockserver.client.mockserver",
    "Sandbox": "mockserver.client.sandbox",
    "Unreachable": "mockserver.client.transport",
    "create_app": "mockserver.web.app",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'mockserver' has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
