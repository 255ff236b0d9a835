"""HTTP as every room meets it.

``wire`` (the base of wire shapes), ``errors`` (the one table from refusals to the vendor's error body), ``edge`` (what
every answer carries: correlation id, clock, CORS, metrics), ``authentication``, ``limits``, ``idempotency``,
``paging``, ``document`` (OpenAPI, the refusals of every operation), and ``application`` which puts them together.
"""
