"""Callers who are not there: they call a queue from the web, as a browser would, speak a sentence and listen.

``whip`` asks the server, ``voice`` makes and hears the sound, ``caller`` is one caller's life, ``ringing`` sends several.
"""
