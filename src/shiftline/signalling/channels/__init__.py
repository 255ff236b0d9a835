"""Notification channels as data: made over REST after the connect decision, found again by every socket.

A channel is an unguessable id bound to one token; it keeps its topics, so that a client comes back to it without REST.
``truth.py`` answers the live connections' questions from here; ``delivery.py`` brings them their news.
"""
