"""What puts a schedule into force, or changes it there, from outside the planner's own file: the agent swap and small edits.

A *swap* is one transaction that calls schedule's, time off's and access's operations: the shifts of the named days are
replaced in every schedule that they touch, the time-off requests are filed, the swap is recorded, and the answer says what
changed, what a planner should look at (warnings), and that none of it gates the phone.

*Edits* change one schedule by small operations, as one revision or not at all. A preview runs the same rules and writes
nothing. A rule that an edit breaks is a *breach*: the planner names it, with a reason, and both stay in the revision.

Start with ``operations/editing.py`` and ``rules/judging.py``.
"""
