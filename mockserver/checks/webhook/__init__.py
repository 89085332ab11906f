"""The check of a webhook receiver by its responses to valid, forged and unusual deliveries.

``checks`` contains the deliveries; ``runner`` sends them and judges the responses.
"""
