"""Recordings on the wire: the vendor's shapes, our own, refreshes, and the media itself."""
