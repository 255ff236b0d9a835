"""Exports in PostgreSQL: ``states`` how far they are and their objects, ``frozen`` what they took at the freeze."""
