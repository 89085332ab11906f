"""The check of a client: a sandbox that injects faults, and what the client makes of them.

``checks`` has the task, the faults and the seven checks; ``runner`` serves the sandbox, records
the requests and reports the results.
"""
