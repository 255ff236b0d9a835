"""What can be done with integrations and their credentials."""
