"""Strict marshmallow fields and schemas, which name every problem of an object at once."""
