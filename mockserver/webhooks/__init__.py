"""Webhooks: who is told of which events, signed, in order, and as nasty as production if asked."""
