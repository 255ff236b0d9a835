"""The vendor's shapes of shift trades: ``requests``, ``judgements`` (what rules say), ``answers`` (job-based), ``legacy``
(the former generation).
"""

PREFIX = "/api/v2/workforcemanagement"
