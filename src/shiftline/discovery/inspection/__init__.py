"""Packages that somebody brings are verified by the server: what the command ``shiftline verify`` does, for who has a browser only.

Nothing of a package is kept. What is known from elsewhere is the organization's own: its id, its ledger's keys, its signing key.
"""
