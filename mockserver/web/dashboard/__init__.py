"""The dashboard: web pages that show and change a sandbox through the control API."""
