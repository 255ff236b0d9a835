"""May this agent sign in, connect, receive calls, are they recorded: decided from the truth, and always with its reasons.

``decide`` (enforcement), ``why`` (now or at another instant) and, later, simulation call the same pure functions in
``rules/`` on the same snapshot. Each attempt to connect is stored with its evidence, and what the client itself saw
(the SDK's log) is kept beside it for a week.

Receiving is judged by the router's own rules, recording by the rule that opens recordings: here are only the facts, read by a
statement of their own, and the words. Why somebody did not get a call is told from what was written when it was offered.

Invariant: no workforce fact gates the phone unless the tenant's own shift rule is on, and then the decision names it.
Pending time off, swapped shifts and recording metadata are listed as ``not_a_cause``.
"""
