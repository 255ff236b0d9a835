"""The vendor's shapes of shift trades: ``requests``, ``answers`` (job-based), ``legacy`` (the former generation)."""

PREFIX = "/api/v2/workforcemanagement"
