"""What can be done with recording jobs: asked for, begun, cancelled and read by people; selected and processed by the worker."""
