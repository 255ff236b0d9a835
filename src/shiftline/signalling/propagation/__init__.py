"""How long news takes from the writing of a change to the frame at a live session: counted by each node, kept a day, told as a figure.

Each signalling program counts in its own memory (`measuring`) and adds what it counted to PostgreSQL every few seconds, by node and
minute, so that one question answers for all nodes, also for one that is gone since. The same counts are in `/metrics` of each.
"""
