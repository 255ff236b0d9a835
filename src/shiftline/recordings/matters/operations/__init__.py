"""What can be done with matters: opened, closed, given holds; and what other rooms ask of them."""
