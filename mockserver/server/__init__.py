"""The application on a socket: a leader/followers server, strict in what it parses.

One thread, the leader, watches every socket, reads requests as they arrive and serves each
complete one itself, without a thread switch. Before it would block, it makes another thread the
leader. So slow clients cost a buffer, not a thread, and only requests that wait take threads.
"""

from mockserver.server.server import Server as Server
