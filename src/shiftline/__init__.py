"""Shiftline: a contact-centre core in which the schedule and the phone never disagree."""
