"""Access under load, on one node and on several: what it takes, and whether it is right."""
