"""What was recorded: recordings with complete metadata, kept encrypted, played with permission."""
