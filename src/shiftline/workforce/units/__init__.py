"""Where people work: business units, their management units, the agents in these, and activity codes.

A *business unit* has a time zone and the day on which its weeks start; schedules belong to it. A *management unit* is a
site or team of it, with a zone of its own: its agents' wall times are in that zone. A person is an *agent* of at most
one management unit; where they were before stays known. An *activity code* says what a stretch of a shift is (on
queue, break, ...) and whether it is paid; each business unit starts with the same eight, with the same ids.

Every change of a unit carries the version that was read (``settings.metadata``); activity codes are versioned as one
list per business unit. Units and codes are never deleted from the tables: schedules of the past still name them.

Start with ``model.py``, then ``operations/agents.py``.
"""
