"""Swaps, edits and comparisons over HTTP."""

from shiftline.publishing.endpoints import edits, swapping

ROUTES = [*swapping.ROUTES, *edits.ROUTES]
