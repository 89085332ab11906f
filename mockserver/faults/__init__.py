"""What goes wrong on command: the kinds of faults, and the rules that say when.

Each kind is one small class, and a line in ``kinds.FAULTS``; all else reads that.
"""
