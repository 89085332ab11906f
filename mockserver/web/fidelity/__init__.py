"""The page of the ledger of fidelity."""
