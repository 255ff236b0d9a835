"""Legal matters, and the holds by which they keep recordings from destruction.

A *matter* is what a legal department works on. A *hold* of it names recordings: by their ids, conversations, agents, queues and
when they began, all of which combine. What it took is *held* by the matter until the matter is closed, or the recording is
released by name; any number of matters may hold a recording. A *standing* hold also takes what is sealed later. The matter of
kind ``protection`` is the vendor's deletion protection of conversations.

Invariants: what is held is not destroyed (the database refuses it), whatever was marked or approved before; no matter holds a
recording that was destroyed; rows that tell who held what are released once and never change else. All of it is entered in the
ledger, in the same transaction.

Start with ``operations/placing.py``, ``operations/taking.py`` and ``operations/standing.py``.
"""
