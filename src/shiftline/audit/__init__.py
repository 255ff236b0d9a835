"""Who did what to what, and when: questions about the audit that every change writes in its own transaction.

A query is a question with its answer frozen at the moment of asking; a transaction id names it, and its pages are read
by a cursor. The realtime form answers at once, by page number.

Invariant: the audit is only ever added to; this room reads it and writes nothing but the questions.
"""
