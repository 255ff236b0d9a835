"""Why, what changed, what if, and what the reasons mean, over HTTP."""

from shiftline.access.endpoints import changes, deciding, reasons, trials

ROUTES = [*deciding.ROUTES, *changes.ROUTES, *reasons.ROUTES, *trials.ROUTES]
