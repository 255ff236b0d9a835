"""The shapes of wishes on the wire."""
