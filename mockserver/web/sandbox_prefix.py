"""``/s/NAME/v1``: a base URL that selects a sandbox, for clients that cannot choose their token.

The application is mounted there by ``SCRIPT_NAME`` (PEP 3333), so it is the same API below it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mockserver.sandbox.sandbox import NAME

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: The environ's key for the sandbox that the URL selects.
SANDBOX_KEY = "mockserver.sandbox"
MOUNTED = re.compile(rf"(/s/({NAME.pattern}))(/v1(?:/.*)?)", re.DOTALL)


def strip_prefix(environ: WSGIEnvironment) -> None:
    """Move the prefix from ``PATH_INFO`` to ``SCRIPT_NAME``, if the path has one."""
    path = environ["PATH_INFO"]
    if path.startswith("/s/"):
        match = MOUNTED.fullmatch(path)
        if match:
            root, name, environ["PATH_INFO"] = match.groups()
            # An in-process caller may have selected one already.
            environ.setdefault(SANDBOX_KEY, name)
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + root
