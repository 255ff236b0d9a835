"""Composition roots: each program of Shiftline is put together and started here, and only here are settings read."""
