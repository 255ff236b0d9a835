"""What can be done with trades: ``offering`` (offer, cancel, expire), ``reading`` (lists, and what one could take),
``deferred`` (answers that are fetched later).
"""
