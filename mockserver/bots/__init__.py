"""A cast: contacts who live on a sandbox's clock. They act as ``resources.others`` has them act,
and what they do follows from a script, a seed and what is said to them, and from nothing else.
"""
