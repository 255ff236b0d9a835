"""Recording jobs: one action on many recordings, chosen by a query of conversations, as the vendor's bulk actions are.

A *job* freezes its selection as *items* while it is PENDING, is READY then, and goes on by itself from PROCESSING until each
item is *processed*, *skipped* or *failed*, the last two with a sentence that says why. EXPORT stores into an integration's
bucket, ARCHIVE and DELETE give recordings their dates.

Invariants: what was selected is an item, and no item is ever left out; an item has one outcome, whoever dies meanwhile; a job
that waits for another is queued, never refused; nothing in a bucket is overwritten.

Start with ``model.py``, then ``rules/selecting.py``, ``operations/processing.py``.
"""
