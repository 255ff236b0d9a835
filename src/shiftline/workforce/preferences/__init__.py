"""When agents would like to work, would rather not, and cannot.

A *wish* is a half-open span of one agent with a level: from StronglyPrefer to StronglyAvoid (the vendor's scheduling
preferences), or Unavailable (its unavailable times). Spans are whole elapsed minutes. Two wishes of one agent and one
family (preferences; unavailable times) never overlap, by an exclusion constraint. A removed wish stays in the table, so
that removing it twice is harmless and a wrong id is still refused.

Wishes are for planners; nothing here changes a schedule or gates a phone.

Start with ``rules.plan_wishes``.
"""
