"""The vendor's shapes of time off: ``requests``, ``plans``, ``limits``, ``balances``."""
