"""Shift trades: an agent offers a shift, to one colleague or to all of their management unit, for another shift or for
nothing (*one-sided*). Here an offer is made, listed, found by who could take it, canceled, and expires.

Words: the *initiator* offers; a *target* makes the offer direct; *acceptable intervals* say when the initiator would
work instead (none: one-sided). An offer is *open* from its making until it is canceled or expires.

Invariants: a shift stands in at most one open offer (a unique index); an offer names a published shift of its own
agent, to come; no offer outlives the start of its shift. An offer changes no schedule and gates no phone.

Start with ``rules/offering.py``: one named rule, one sentence, one test.
"""
