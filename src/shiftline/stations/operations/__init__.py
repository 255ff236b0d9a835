"""What can be done with stations, phones and sites; one file each."""
