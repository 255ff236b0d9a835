"""What binds a package to a time and to who made it: RFC 3161 tokens and DSSE attestations."""
