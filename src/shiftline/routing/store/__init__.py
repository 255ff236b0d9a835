"""Queues, members, skills, wrap-up codes, settings, interactions and offers in PostgreSQL; one file each."""
