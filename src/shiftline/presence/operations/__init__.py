"""What can be done with presences, definitions, sources and session leases; one file each."""
