"""What an agent's shifts may be like: work plans, by which schedules and trades are judged.

A *work plan* belongs to a management unit. Its *terms* bound a week and what lies between shifts: paid time, days, rest,
days and weekends in a row. Its *shifts* say on which days, from when to when, how long and with which meals and breaks
somebody may work; times of day are minutes from midnight on the wall of the management unit. A plan whose rules
contradict each other is refused, and the refusal names the rules; who asks for it all the same (the vendor's
``validationMode``) gets a plan that is marked as not valid. A plan is changed under the version that was read, and is
never deleted from the table: schedules of the past name it.

An agent has at most one plan, of the management unit that they are in; whoever moves leaves theirs behind.

What bounds a planning period (days off, paid time, weekends, number of shifts) is kept and shown, and not judged yet:
units have no planning periods.

Start with ``model.py``, then ``rules/consistency.py`` and ``rules/judging.py``.
"""
