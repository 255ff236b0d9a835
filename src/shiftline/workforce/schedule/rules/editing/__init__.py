"""A schedule changed by small operations: activities and whole shifts put in, moved, resized, split and taken out. Pure.

An edit names a shift by its id and an activity by its start. It works on the shift as it would be without the parts of days
that time off covers; the time off is laid over it again afterwards (``absences``). What an edit takes away inside a shift
becomes work on queue, what it puts in cuts what stood there. What can never be is refused at its field; what a planner
should know of all the same (a meal that is cut) becomes a note.
"""
