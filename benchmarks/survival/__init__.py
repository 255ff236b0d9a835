"""Callers and agents who go on whatever dies, and what is counted of them afterwards.

``voices``: whom one hears, told by the packets themselves. ``callers`` and ``agents``: the two ends. ``programs``: what is
killed. ``truth``: what PostgreSQL says of it all; ``verdict``: both together.
"""
