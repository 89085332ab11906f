"""Acting as other contacts."""
