"""The contract as an OpenAPI 3.1 document: plain dicts, made from the schemas that validate.

``document`` puts it together; each other file is one part of it, named as OpenAPI names it.
"""
