"""What happens to conversations, one file a subject."""
