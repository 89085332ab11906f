"""The control API below ``/_sandbox``: everything that the Protocol API does not have.

Each module has the views of one topic and its ``routes``; the module ``routes`` joins them.
"""
