"""The check of an API against each rule of the contract.

``runner`` runs the functions in ``checks`` with an ``ApiClient``. The client sends requests through
``http``, judges every response by ``response_rules`` and records every created object in
``cleanup``. Only objects that the run created are updated or deleted.
"""
