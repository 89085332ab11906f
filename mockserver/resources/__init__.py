"""The nouns: what the Protocol API is. Core and schema; no Flask, no instruments."""
