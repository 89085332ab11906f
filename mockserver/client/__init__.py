"""The Python client: start a server or connect to one, and control its sandboxes.

Connecting to a running server imports neither Flask nor the server.
"""
