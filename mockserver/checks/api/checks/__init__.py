"""The checks, by the noun or the rule that they are about; each is a small function."""
