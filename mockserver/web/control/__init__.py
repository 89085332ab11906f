"""The control API below ``/_sandbox``: what a sandbox has and the Protocol API has not.

Each module has the views of one topic and their ``ROUTES``; ``routes`` puts them together.
"""
