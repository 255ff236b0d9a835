"""Shift trades: an agent offers a shift, to one colleague or to all, for another shift or for nothing (*one-sided*).
Somebody takes the offer, the rules judge the match, it is approved at once or by a person, and the shifts change hands.

Words: the *initiator* offers, the *receiver* takes; a *target* makes the offer direct; *acceptable intervals* say when
the initiator would work instead (none: one-sided). A *match* is a receiver with the shift that they give. The *ruling* is
the rule that decided. A *ring* moves shifts among two to four people, each of whom gets the shift of the next; a proposed
one is a *cycle* in this room's names.

Invariants: a shift stands in at most one undecided trade, offered or given (unique indexes, and a queue for each agent);
an offer names a published shift of its own agent, to come; no trade outlives the start of its first shift undecided.
An offer and a match change no schedule; an approval changes all of its schedules in one transaction, by the same write
as a swap, or none; so does a ring, once all of its people have accepted. Nothing here gates a phone.

An open shift is taken by the same rules as a shift that is given for nothing, as far as they speak of its taker; a chain may
begin with one (``rules/open_shifts.py``).

The agents' work plans judge a trade as the other rules do: only what it breaks or makes worse counts. Proposals never
lie in a time at which either side cannot work; the taker's wishes rank them, and are told to nobody else. As many people
are at work after a trade as before it; whether an interval is staffed well enough needs a forecast, and is not judged.

Start with ``rules/offering.py`` and ``rules/matching.py``, for rings with ``rules/rings.py``: one named rule, one sentence, one test.
"""
