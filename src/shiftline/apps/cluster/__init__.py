"""A whole cluster on one machine: to see, and to test, what many nodes do when one of them or an engine is lost.

Words: a *node* is a machine of its own as far as one machine can play several: it has a network of its own (`network`), with an API,
a signalling, a media, a worker and a router on it (`plan`). The *hub* has the database, its replica and the edge. NATS is a cluster
of three, one on each node and one alone. What is lost is lost by a command (`control`) and comes back by one.

Start at `running`.
"""
