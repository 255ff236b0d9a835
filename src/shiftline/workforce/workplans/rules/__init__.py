"""What a plan may be, whether its rules can be kept together, and whether shifts keep them. Pure."""
