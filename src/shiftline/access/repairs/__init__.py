"""What was found broken and mended by itself, for people: each room mends its own, here it is read from the audit.

See docs/explanation/self-repair.md.
"""
