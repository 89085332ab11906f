"""The contract of the Protocol API as data: examples, OpenAPI document and fidelity.

The OpenAPI document is built from the schemas that validate requests, so that it always describes
what the server accepts.
"""
