"""What is written, in the vendor's shapes and our own."""
