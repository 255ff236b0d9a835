"""The conversation and its participants, whatever carries it.

A *conversation* is what the vendor calls so: it begins when somebody calls and ends when no *participant* is live any more.
A participant (purpose customer, acd, agent, user or external) has one *call* with one state; the vendor's communication id
is the participant's ``communication_id``. An agent whose queue asks for it is in *after-call work* from the end of their call
until they give a *wrap-up* or its time is over.

Whoever changes a conversation says what changes, as data (``model/changes.py``); ``rules/changing.py`` is pure and is the only place
that knows what may follow what. Each effective change is one new version, written under a lock on the conversation's row,
and one event with the whole state, so that whoever missed one is right again with the next.

Nothing is ever deleted: an ended participant stays, and never comes back. Start with ``rules/``.
"""
