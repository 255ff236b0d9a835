"""The tree, its tiles, checkpoints and entries: pure functions that the offline verifier uses, too."""
