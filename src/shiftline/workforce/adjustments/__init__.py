"""Adherence adjustments: time of the past that counts as adherent once somebody approves of the reason.

An agent submits an *adjustment* of some minutes of their own past with a *reason code* of their business unit; whoever
reviews adherence there approves or denies it, and may change it first. The history of adherence counts approved ones as
adherent from then on, in each query anew. How far back agents may submit is a setting of the business unit; a pending
adjustment older than that is *expired*: its agent can change it no more. A minute is adjusted once, unless that was denied.

Nothing is deleted from the tables. Start with ``model.py``, then ``rules.py``.
"""
