"""``/s/NAME/v1``: a base URL that picks the sandbox, for what cannot choose its token.

The application is mounted there as WSGI mounts one (PEP 3333, ``SCRIPT_NAME``), so that all below
is the same API.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mockserver.sandbox.sandbox import NAME

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: Where the environ says which sandbox the URL picks.
SANDBOX_KEY = "mockserver.sandbox"
MOUNTED = re.compile(rf"(/s/({NAME.pattern}))(/v1(?:/.*)?)", re.DOTALL)


def strip_prefix(environ: WSGIEnvironment) -> None:
    """Take the sandbox out of the path, if it is there."""
    path = environ["PATH_INFO"]
    if path.startswith("/s/"):
        found = MOUNTED.fullmatch(path)
        if found:
            root, name, environ["PATH_INFO"] = found.groups()
            environ.setdefault(
                SANDBOX_KEY, name
            )  # whoever calls us in the process may have picked one
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + root
