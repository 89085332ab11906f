"""The check of a webhook receiver by its responses to valid, forged and unusual deliveries."""
