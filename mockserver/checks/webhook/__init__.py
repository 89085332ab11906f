"""The check of a webhook receiver: valid, forged and unusual deliveries, and its responses.

``checks`` has the deliveries, ``sender`` sends them and ``runner`` judges the responses.
"""
