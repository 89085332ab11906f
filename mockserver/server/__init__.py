"""The application on a socket: cheroot's parts, with our own life cycle, parsing and threads.

From cheroot: the loop that watches the sockets, the response writer and the WSGI gateway.
Ours, because a mock server must not lie, hang or die whatever a client sends: the parser and
the body (strict, bounded, refusing with the reference's error object), the threads (one for
each request under way, so that nobody who waits makes others wait), start and stop.
"""

from mockserver.server.server import Server

__all__ = ["Server"]
