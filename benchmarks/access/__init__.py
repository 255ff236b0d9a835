"""Access under load, on one node and on several."""
