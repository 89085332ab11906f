"""Acting as other contacts. Uses the resources, as a request of theirs would."""
