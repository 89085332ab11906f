"""The test bench: what happened, and what shall happen. Knows core; no resources, no Flask."""
