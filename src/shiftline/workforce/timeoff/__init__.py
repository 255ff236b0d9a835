"""Time off: what agents ask for, what approvers decide, and what stood at any past instant.

A *request* asks for whole local days (dates of the agent's management unit, resolved to instants by its zone) or for
parts of days (an instant and elapsed minutes each), never for both. Each of its *pieces* carries the minutes taken and
the minutes that are paid.

Invariants: two approved requests of one person never overlap (an exclusion constraint); a canceled request stays
canceled; every former state is kept (``public_request_timeline``), so that "what was pending at 05:58" has an answer.
Whatever its state, a request gates no phone by itself. ``sync_version`` counts the revisions that schedules follow: what is
approved stands in every schedule in force in the transaction of its approval, and goes with it (``operations/carrying.py``).

Start with ``rules.states.TRANSITIONS``.
"""
