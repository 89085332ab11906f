"""Strict marshmallow fields and schemas, which report every problem of an object at once."""
