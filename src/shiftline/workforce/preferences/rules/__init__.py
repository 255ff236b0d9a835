"""The rules of wishes: pure functions."""
