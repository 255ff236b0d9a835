"""What is written, over HTTP: by the vendor's operations for agents, by our own for guests and administrators."""

from shiftline.messaging.endpoints import deployments, emails, guests, messages

ROUTES = [*messages.ROUTES, *emails.ROUTES, *deployments.ROUTES, *guests.ROUTES]
