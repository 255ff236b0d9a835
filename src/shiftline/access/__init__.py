"""May this agent sign in, connect: decided from one read of the truth, and always with its reasons.

``decide`` (enforcement), ``why`` (now or at another instant) and, later, simulation call the same pure function in
``rules.py`` on the same snapshot. Each attempt to connect is stored with its evidence, and what the client itself saw
(the SDK's log) is kept beside it for a week.

Invariant: no workforce fact gates the phone unless the tenant's own shift rule is on, and then the decision names it.
Pending time off, swapped shifts and recording metadata are listed as ``not_a_cause``.
"""
