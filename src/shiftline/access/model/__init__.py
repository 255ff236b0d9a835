"""What access decisions are judged from: facts with their source and time, all of one instant; one file each question."""
