"""The user's guide at ``/guide``: the Markdown pages of ``mockserver/guide`` as HTML."""
