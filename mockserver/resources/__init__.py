"""The nouns: what the Protocol API is. marshmallow and core; no Flask, no instruments."""
