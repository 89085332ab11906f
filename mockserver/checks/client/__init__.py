"""The check of a client: how it handles the faults that a sandbox injects."""
