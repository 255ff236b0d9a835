"""Identity's shapes on the wire, one file per topic."""
