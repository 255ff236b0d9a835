"""What a job takes, and what may be done with it. Pure."""
