"""Adherence: how what agents do agrees with what they are scheduled for, now and over past days.

Words: the *scheduled* activity is the one in force at an instant, by its activity code; the *actual* category is what a
presence and a routing status stand for (``rules/actual.py``, a table). A *verdict* compares the two; a *standing* is the
verdict with its grace, since when it holds, and when it must be judged again. An *exception* is a stretch out of adherence
that is longer than the unit's threshold. An *explanation* says why somebody was out; approved, it makes them adherent.
*Conformance* compares hours on queue, whenever they were worked.

Invariants: a standing follows from what is stored elsewhere (presence, routing status, schedule in force, explanations,
settings), so that judging again changes nothing. The past is measured from those facts, by the same judgement, and never
from what the board showed. Days are wall days of 23, 24 or 25 hours. Nothing here gates a phone.

Start with ``rules/judging.py``, then ``rules/standing.py`` (now) and ``rules/measuring.py`` (the past).
"""
