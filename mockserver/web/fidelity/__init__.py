"""The fidelity page."""
