"""What can be done with exports: ``asking`` begins, pauses and tells of them, ``running`` takes them from step to step."""
