"""What is recorded when: policies by queue, direction and channel, pauses, snippets, announcements, and who may hear why.

A pause is of a conversation and holds for every recording of it, those that begin while it lasts too. That nothing of it is kept
is said by the media node that writes the recording (``Silence``), not assumed. Start at ``rules.py``.
"""
