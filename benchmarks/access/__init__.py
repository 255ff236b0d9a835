"""What access operations take, and whether they are right."""
