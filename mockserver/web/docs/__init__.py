"""Documentation pages, served offline: the API page ``/docs`` and the table ``/fidelity``."""
