"""Calls: legs of softphones and web callers, and what moves them."""
