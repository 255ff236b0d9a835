"""The conversation and its participants, whatever carries it."""
