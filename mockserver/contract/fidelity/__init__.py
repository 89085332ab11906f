"""The ledger of fidelity: how well founded each part of what is served is.

A file for each area: its rows are written by hand, since only a reader of the reference knows what
it says. The tests hold them against what is really served.
"""
