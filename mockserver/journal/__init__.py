"""The journal: requests and responses, the changes they made, and matchers for them."""
