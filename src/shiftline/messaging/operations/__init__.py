"""What can be done with deployments, guests, messages and files, one file a subject."""
