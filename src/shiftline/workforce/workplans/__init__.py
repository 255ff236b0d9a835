"""What an agent's shifts may be like: work plans, by which schedules and trades are judged.

A *work plan* belongs to a management unit. Its *terms* bound a week and what lies between shifts: paid time, days, rest,
days and weekends in a row. Its *shifts* say on which days, from when to when, how long and with which meals and breaks
somebody may work; times of day are minutes from midnight on the wall of the management unit. A plan whose rules
contradict each other is refused, and the refusal names the rules; who asks for it all the same (the vendor's
``validationMode``) gets a plan that is marked as not valid. A plan is changed under the version that was read, and is
never deleted from the table: schedules of the past name it.

Which plan counts for an agent in a week is said by one rule, ``rules/choosing.py``: an *override* for single weeks, else
their turn in a *rotation* of plans, else their own. All are plans of the management unit that they are in; whoever moves
leaves theirs behind.

What bounds a planning period (days off, paid time, weekends, number of shifts) is judged where the management unit's
settings name such periods.

Start with ``model``, then ``rules/consistency.py``, ``rules/choosing.py`` and ``rules/judging.py``.
"""
