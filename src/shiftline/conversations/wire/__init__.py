"""Conversations in the vendor's shapes, as its REST operations have them. What topics carry is in ``topics.py``."""
