"""The control API below ``/_sandbox``, with which tests control the server and its sandboxes.

Each module has the views of one topic and its ``routes``; the module ``routes`` joins them.
"""
