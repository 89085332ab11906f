"""The control API, ``/_sandbox``: what only a sandbox has.

One file a noun: its views, and the rows of its endpoints. ``routes`` puts them together.
"""
