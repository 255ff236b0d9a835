"""Conversations and participants, what can change in them, and what is left of those that took place elsewhere."""
