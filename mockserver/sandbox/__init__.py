"""One isolated world with its test controls, and the registry of a server's sandboxes."""
