"""The check of an API against each rule of the contract.

``runner`` runs the functions in ``checks`` with an ``ApiClient``. The client sends requests with
``http``, judges every response by ``response_rules`` and records every created object in
``cleanup``. Only objects that this run created are updated or deleted.
"""
