"""What is looked at before any transaction that could turn access commits."""

from shiftline.access.operations.asserting import guard

GUARDS = (guard,)
