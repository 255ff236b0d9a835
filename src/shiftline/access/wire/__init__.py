"""Decisions on the wire, what became of them, and what would."""
