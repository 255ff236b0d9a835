"""Whom the tenant's shift rule does not concern, and who was let in outside their shifts all the same.

Both are facts of access' own: kept with their past, read in the one read of a decision (``access/queries.sql``), judged by
``access/rules/shifts.py``. They are written here, whether or not the rule is on; while it is off they change nothing.
"""
