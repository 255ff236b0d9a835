"""Schedules in the vendor's shapes; one file each."""
