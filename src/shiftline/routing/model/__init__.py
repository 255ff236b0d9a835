"""Queues, members, skills, wrap-up codes, utilization, interactions and offers; one file each."""
