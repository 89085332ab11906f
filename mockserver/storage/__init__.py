"""The machine room: clock, ids, store, paging, world. Knows no noun of the API, no HTTP."""
