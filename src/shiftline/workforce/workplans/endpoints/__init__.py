"""Work plans over HTTP: the plans, the agents that have them, rotations."""

from shiftline.workforce.workplans.endpoints import assigning, plans, rotations

ROUTES = [*plans.ROUTES, *assigning.ROUTES, *rotations.ROUTES]
