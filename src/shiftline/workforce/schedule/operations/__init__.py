"""What can be done with schedules; one file each. All writes go through ``revising``."""
