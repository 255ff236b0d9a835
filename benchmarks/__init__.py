"""Measurements side by side with real peers, in one invocation, as medians of repeats. Ratios count, not rates.

A module that declares benches with ``registry.bench`` is found by itself; see ``__main__.py`` for how to run them and
``docs/benchmarks.md`` for what they said.
"""
