"""Weekly schedules: shifts, their activities, whole days off, and every revision of them.

A *schedule* covers one to six weeks of a business unit; its version is the number of its latest *revision*. At most one
schedule of a unit is in force for a week: publishing another one over it sets the first aside in the same transaction.
A *shift* row belongs to the revisions from one up to another; an edit closes it and inserts its successor, so every
earlier revision stays readable and can be put into force again. Its *activities* partition it. An agent's part of a
schedule has a version of its own.

A shift keeps the wall time its agent reads, the zone it hangs in (the management unit's), how that wall time was
resolved, the instants, and the tzdata by which they were found. Paid minutes come from elapsed instants.

What is in force carries the approved time off of its agents; what that covers is kept beside it (``rules/absences.py``), so
that it can be taken off again. A mark and its request never disagree (deferred constraint triggers).

An *open shift* belongs to nobody; it stands beside the revisions of its schedule and enters them when somebody takes it
(``operations/opening.py``; who may is judged in ``trades``).

Nobody works twice at once: one exclusion constraint holds that within each draft and over everything in force.

Every write goes through ``operations/revising.py``; start there, after ``model.py`` and ``rules/``.
"""
