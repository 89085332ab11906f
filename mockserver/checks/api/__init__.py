"""Conformance: whether whatever answers at a base URL keeps the contract, row by row.

What is sent goes out by ``wire``, through ``bench``, which makes objects and remembers them in the
``workspace``; ``shapes`` and ``manners`` judge every answer, ``checks`` one rule each. Nothing is
updated or deleted but what was made here.
"""
