"""Integrations: the buckets that recordings are exported into, by the vendor's operations.

An *integration* has a *type*, a *configuration* (which bucket, where, locked how) and *credentials*, and is enabled or not. A
*probe* goes to the bucket and says in a sentence whether recordings can be stored there.

Invariants: a secret is sealed by a key of its own before it reaches the database, and nobody is ever shown it again; a
configuration that cannot be meant is refused, naming the field; what is enabled was probed, and says what was found.

Start with ``model.py``, then ``rules.py`` and ``operations/integrations.py``.
"""
