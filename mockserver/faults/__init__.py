"""Fault injection: the kinds of faults, and the rules that apply them to requests.

To add a kind, write one small class and add it to ``rules.FAULT_TYPES``.
"""
