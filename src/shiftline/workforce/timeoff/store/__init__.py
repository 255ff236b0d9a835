"""Time off in PostgreSQL: ``requests``, ``plans``, ``limits``, ``balances``, their statements beside them."""
