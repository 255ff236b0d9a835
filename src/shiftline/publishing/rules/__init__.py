"""What a planner should know of a swap, and which rules edits break. Pure; one file each."""
