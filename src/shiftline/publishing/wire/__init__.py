"""Swaps, edits and comparisons on the wire."""
