"""What can be done with recordings: opened and sealed by calls, heard and refreshed by people."""
