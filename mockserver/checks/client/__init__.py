"""The check of a client: how it handles the faults that a sandbox injects.

``checks`` contains the task, the faults and the seven checks; ``runner`` serves the sandbox,
records the requests and reports the results.
"""
