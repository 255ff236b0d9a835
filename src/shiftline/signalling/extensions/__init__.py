"""What a client may ask of a stream, one file per part of the protocol; ``catalogue`` registers them."""
