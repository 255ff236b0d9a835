"""Says whether a package is as it was made, and in one sentence what is wrong with it and where. Start with ``verifying.py``.

It needs nothing but the package, and shares with ``package`` only names of places, schemas and the anchors.
"""
