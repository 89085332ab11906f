"""Simulated users. Their actions depend only on a script, a seed, the clock and the messages."""
