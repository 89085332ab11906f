"""The inbox, for who has no receiver of webhooks yet: it keeps what comes, and answers as told."""
