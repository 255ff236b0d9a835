"""What is wrong with an item, and what follows from it. Pure."""
