"""The vendor's shapes of work plans, and the conversions."""
