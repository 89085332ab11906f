"""Actions of other contacts, through the same resources as requests to the API."""
