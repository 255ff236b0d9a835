"""Sound while it is being written: encrypted files on the media node's own disk, and what is read of them at the end.

``files`` writes them and finds those that a dead process left; ``settling`` fixes what a file holds, whole or torn; ``ogg``
reads the pages of Ogg/Opus, as far as an end and a duration need.
"""
