"""The dashboard: pages on which a person sees and does what the control API can, and no more."""
