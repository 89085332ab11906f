"""The check of a webhook receiver: valid, forged and unusual deliveries, and its responses.

``checks`` has the deliveries; ``runner`` sends them and judges the responses.
"""
