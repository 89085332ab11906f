"""The standard HTTP client, in a copy that a test's patches do not reach.

Deliveries and the control API must neither be intercepted nor end up in a test's cassette.
"""

from typing import TYPE_CHECKING

from mockserver.unpatched import load_copy

if TYPE_CHECKING:
    from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPResponse, IncompleteRead
else:
    _copy = load_copy("http.client")
    HTTPConnection = _copy.HTTPConnection
    HTTPException = _copy.HTTPException
    HTTPMessage = _copy.HTTPMessage
    HTTPResponse = _copy.HTTPResponse
    IncompleteRead = _copy.IncompleteRead

__all__ = ["HTTPConnection", "HTTPException", "HTTPMessage", "HTTPResponse", "IncompleteRead"]
