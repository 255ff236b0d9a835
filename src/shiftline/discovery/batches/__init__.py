"""Batch requests: many recordings asked for at once, answered by a uri each, or by why there is none.

A *batch* is what somebody asked for: conversations, or single recordings of them. How many *results* it comes to is fixed in
the transaction that makes it; the leading worker then *settles* each: it is there to be fetched, or its problem says why not.

Invariants: each thing that was asked for has at least one result; what is settled stays settled, whoever dies meanwhile; a
uri is made for whoever reads the batch, when they read it, and stands for their own token and permissions.

Start with ``model.py``, then ``rules.py`` and ``operations.py``.
"""
