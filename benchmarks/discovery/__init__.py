"""Benches of what legal people rely on."""
