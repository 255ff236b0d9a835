"""What follows from what, without any input or output."""
