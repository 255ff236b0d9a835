"""Why, what changed and what if over HTTP."""

from shiftline.access.endpoints import changes, deciding, trials

ROUTES = [*deciding.ROUTES, *changes.ROUTES, *trials.ROUTES]
