"""From frozen facts to the files of a package; the same facts give the same bytes. Start with ``building.py``."""
