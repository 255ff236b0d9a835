"""Queues and who works them, skills and who has them, wrap-up codes; what waits in queues, and who is offered it.

A *queue* has *members*; a member who *joined* takes its interactions, one who did not is there but left it for a while. A
person has *skills* with a *proficiency* from 0 to 5; a *language* is a skill of its own kind. *Utilization* says how many
interactions of each medium one person handles at a time. *Wrap-up codes* say what came of an interaction.

An *interaction* is a conversation's place in a queue. It waits, is *offered* to one agent at a time, and is *assigned* to who
accepts, until their after-call work is done. An *offer* is a lease in PostgreSQL, in real time: whoever dies, it is there, or it
runs out and somebody misses it. Constraints there hold that nothing is offered twice or taken twice. With an offer stands who was
considered and why not the others; with what waits, why nobody is free. See docs/explanation/how-an-interaction-finds-its-agent.md.

Memberships, skills and settings keep their past; interactions and offers are never deleted: why somebody got an interaction is
answered from what was true then. A queue or skill that is deleted ends what people had of it; its id is never given to another.

Start with ``rules/choices.py`` and ``rules/eligibility.py``, then ``operations/choosing.py``.
"""
