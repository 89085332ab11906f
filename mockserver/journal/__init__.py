"""The journal: requests with their responses, matching them, and what they changed."""
