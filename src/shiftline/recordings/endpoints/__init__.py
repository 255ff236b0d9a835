"""Recordings over HTTP: the vendor's operations, our own, the sound itself, and refreshes."""

from shiftline.recordings.endpoints import annotations, conversations, media, own, refreshing, settings

ROUTES = [*annotations.ROUTES, *conversations.ROUTES, *own.ROUTES, *media.ROUTES, *refreshing.ROUTES, *settings.ROUTES]
