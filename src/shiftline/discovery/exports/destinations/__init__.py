"""Where a package goes: a folder, a ZIP, a bucket. Each stores an object once and whole, and never over another."""
