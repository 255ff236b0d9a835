"""Work plans, who has which, and rotations in PostgreSQL."""
