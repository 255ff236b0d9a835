"""What a person is doing, whether routing may give them work, and their live sessions.

A *presence definition* is a word of the organization for one of the ten *system presences*; the ten *system definitions*
are there from the start, with the vendor's own ids. A person's *presence* comes from a *source* (``PURECLOUD``, or another
system); the *primary* one is what they are doing. Nobody set anything: Offline.

On queue is a presence: with the system presence OnQueue the *routing status* becomes IDLE, without it OFF_QUEUE. All other
moves of the status are in one table, ``rules.MOVES``; what is not in it is refused with a sentence that says what to do.

A *session lease* is one live connection, in real time. When a person's last one ends, ``operations.leases.ABSENCE_GRACE``
later they are Offline, unless they came back.

Presences and statuses keep their past. Start with ``rules.py``.
"""
