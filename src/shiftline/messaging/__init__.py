"""What people write: web messaging by guests, e-mail, and what agents answer. The conversation and its routing are those of calls.

A *deployment* opens a queue to messages from the web. A *guest* is a browser that writes there: whoever knows its secret. Their
first *message* opens a conversation that waits in the queue; an agent who accepts the offer answers. Each message is one row that
PostgreSQL never changes, numbered and chained by digests within its conversation: the *transcript*. An *attachment* is a file
that was checked by its content before it was kept, as an object by its digest.

Start with ``rules/``, then ``operations/writing.py`` and ``operations/guests.py``.
"""
