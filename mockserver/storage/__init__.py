"""In-memory storage: clock, ids, collections, paging, transactions.

Independent of HTTP and of the API's resources.
"""
