"""Queues, skills and wrap-up codes in the vendor's shapes."""
