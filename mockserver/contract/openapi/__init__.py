"""The OpenAPI 3.1 document, which ``document`` assembles from the parts in the other modules."""
