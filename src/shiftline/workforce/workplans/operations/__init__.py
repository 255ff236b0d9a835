"""What can be done with work plans, with who has which, and with rotations of them."""
