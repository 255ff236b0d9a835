"""A media node: makes the legs that name it so as their rows say, and tells what became of them.

It reads the outbox from its own place; whatever concerns one of its conversations makes it look at that conversation again and
bring engine and recordings in line (``reconciling.py``). It holds nothing that is not in PostgreSQL, except sockets, keys and
the second of sound that is not written yet: when it dies its legs are made anew elsewhere.
"""
