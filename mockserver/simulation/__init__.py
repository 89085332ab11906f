"""Simulated actions of other contacts, which use the same resources as requests to the API."""
