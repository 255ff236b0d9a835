"""What can be done with trades: ``offering`` (offer, cancel, expire), ``reading`` (lists, and what one could take),
``matching`` (take an offer), ``reviewing`` (evaluate, approve, deny), ``judging`` (what these have to know),
``deferred`` (answers that are fetched later).
"""
