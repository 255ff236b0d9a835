"""Presence and routing status over HTTP."""

from shiftline.presence.endpoints import definitions, presences

ROUTES = [*presences.ROUTES, *definitions.ROUTES]
EXPANSIONS = {"presence": presences.expand_presence, "routingStatus": presences.expand_routing_status}
