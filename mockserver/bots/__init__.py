"""Simulated users. Their actions follow only from a script, a seed, the clock and the messages."""
