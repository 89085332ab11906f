"""Fault injection: the types of faults, and the rules that apply them to requests."""
