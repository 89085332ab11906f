"""Fixtures in and out: documents to worlds, and plausible data made for them."""
