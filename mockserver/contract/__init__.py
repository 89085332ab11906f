"""The contract as data: what the Protocol API promises, for those who check it or build on it.

Core, schema and resources only. The schemas are those that validate, so what is published here
cannot drift from what is served.
"""
