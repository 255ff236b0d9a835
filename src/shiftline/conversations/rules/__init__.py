"""How conversations change. Pure. Start with ``changing``."""
