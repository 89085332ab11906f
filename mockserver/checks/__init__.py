"""Checks of an API, a client, a webhook receiver and this server's determinism."""
