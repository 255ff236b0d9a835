"""What puts schedules into force and changes them there."""
