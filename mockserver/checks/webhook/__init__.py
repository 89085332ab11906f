"""The doctor: sends a receiver of webhooks what production will one day send, and tells its faults.

What is sent is made in ``talk`` and ``checks``, goes out by ``wire``, is judged in ``examination``
and told by ``report``. Only answers can be seen from outside, so only they are judged.
"""
