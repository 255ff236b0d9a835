"""What can be done with adherence adjustments, their reason codes and settings."""
