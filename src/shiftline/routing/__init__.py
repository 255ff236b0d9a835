"""Queues and who works them, skills and who has them, wrap-up codes: what routing decides from.

A *queue* has *members*; a member who *joined* takes its interactions, one who did not is there but left it for a while. A
person has *skills* with a *proficiency* from 0 to 5; a *language* is a skill of its own kind. *Utilization* says how many
interactions of each medium one person handles at a time. *Wrap-up codes* say what came of an interaction.

Memberships, skills and settings keep their past: why somebody got an interaction is answered from what was true then.
A queue or skill that is deleted ends what people had of it; its id is never given to another.

Start with ``operations/members.py``.
"""
