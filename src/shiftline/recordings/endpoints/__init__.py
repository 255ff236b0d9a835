"""Recordings over HTTP: the vendor's operations, our own, the sound itself, and refreshes."""

from shiftline.recordings.endpoints import conversations, media, own, refreshing, settings

ROUTES = [*conversations.ROUTES, *own.ROUTES, *media.ROUTES, *refreshing.ROUTES, *settings.ROUTES]
