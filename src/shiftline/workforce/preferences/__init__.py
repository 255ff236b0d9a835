"""When agents would like to work, would rather not, and cannot.

A *wish* is a half-open span of one agent with a level: from StronglyPrefer to StronglyAvoid (the vendor's scheduling
preferences), or Unavailable (its unavailable times). Spans are whole elapsed minutes. Two wishes of one agent and one
family (preferences; unavailable times) never overlap, by an exclusion constraint. A removed wish stays in the table, so
that removing it twice is harmless and a wrong id is still refused.

A *standing wish* is about every day from one date to another, both included, in the agent's zone: days of the week, a
window of starts, or colleagues to work with or not. It is changed under its version; of one agent no two contradict each
other at the same time.

The *contract* is the agent's work plan. A wish that it contradicts is told, refused or let through as the *settings* of
the unit say (the business unit's for preferences, the management unit's for unavailable times); the wish's field and the
plan's rule are named. A unit may also take no wishes at all.

Wishes are for planners and for proposals of trades; nothing here changes a schedule or gates a phone.

Start with ``rules/stating.py``, then ``rules/contract.py`` and ``rules/weighing.py``.
"""
