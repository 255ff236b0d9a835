"""Trades in PostgreSQL: ``trades`` (offers, matches, kept answers, what is read of other rooms), ``cycles`` (rings)."""
