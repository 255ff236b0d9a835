"""What can be done with queues, skills and wrap-up codes."""
