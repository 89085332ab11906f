"""The OpenAPI 3.1 document, generated from the schemas that validate requests.

``document`` assembles it from the other modules, each named for its part of the document.
"""
