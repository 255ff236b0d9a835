"""Decide, explain, follow and foresee access."""
