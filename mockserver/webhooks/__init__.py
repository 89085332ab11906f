"""Webhooks: registered receivers, signed deliveries with retries, and built-in inboxes."""
