"""One isolated world and its test instruments, and the registry of all sandboxes."""
