"""What can be done with organizations, people, clients and tokens; one file each."""
