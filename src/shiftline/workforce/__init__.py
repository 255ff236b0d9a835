"""Who works when: units, schedules, time off, preferences and trades. Nothing in here can gate a phone.

Rooms, lower first: ``units`` (business and management units, agents, activity codes), ``schedule`` (shifts and their
revisions), ``timeoff`` and ``preferences``, ``trades``.
"""
