"""What a schedule may hold, and what a change makes of it. Pure; one file each."""
