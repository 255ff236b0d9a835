"""Benches of workforce: instances that a seed makes, and checkers that share no code with what they check."""
