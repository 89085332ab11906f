"""The certification of clients: a scripted sandbox in which things go wrong, and what a client made
of it.

``script`` is what the client shall do and what goes wrong meanwhile, ``witness`` sees each request
arrive, ``points`` judges by journal, witness and world, ``report`` tells it.
"""
