"""What can be done with wishes."""
