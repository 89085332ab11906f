"""The Python handle: a server of one's own or a running one, and its sandboxes, in one interface.

Whoever only talks to a running server imports nothing of the server.
"""
