"""Time off: what agents ask for, what approvers decide, and what stood at any past instant.

A *request* asks for whole local days (dates of the agent's management unit, resolved to instants by its zone) or for
parts of days (an instant and elapsed minutes each), never for both. Each of its *pieces* carries the minutes taken and
the minutes that are paid.

Invariants: two approved requests of one person never overlap (an exclusion constraint); a canceled request stays
canceled; every former state is kept (``public_request_timeline``), so that "what was pending at 05:58" has an answer.
Whatever its state, a request gates no phone by itself. ``sync_version`` counts the revisions that schedules follow: what is
approved stands in every schedule in force in the transaction of its approval, and goes with it (``operations/carrying.py``).

A *plan* decides requests of its activity codes in its management units by itself, or leaves them to a person; its rules are
one function each (``rules/approving.py``). A *limit* says how many minutes of time off a management unit bears in each day
or quarter hour of its zone. What finds no place in it waits in the *wait list*; whatever frees a place grants it in the same
transaction (``operations/keeping.py``, which is the one way to any new state of a request). A *balance* is what an agent is
granted of a kind of time off, in payable minutes; no approval ever overdraws it (a constraint, too).

Start with ``rules.states.TRANSITIONS``, then ``rules.approving.RULES``.
"""
