"""Schedules in PostgreSQL; one file each, their statements beside them."""
