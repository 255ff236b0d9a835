"""What is written, over HTTP: by the vendor's operations for agents, by our own for guests and administrators."""

from shiftline.messaging.endpoints import deployments, guests, messages

ROUTES = [*messages.ROUTES, *deployments.ROUTES, *guests.ROUTES]
