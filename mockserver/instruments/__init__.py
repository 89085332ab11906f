"""The test bench: what happened, and what shall happen. Core and schema; no nouns, no Flask."""
