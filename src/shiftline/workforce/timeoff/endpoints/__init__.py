"""Time off over HTTP: ``requests``, ``plans``, ``limits`` (with the wait list), ``balances`` (with estimates)."""

from shiftline.workforce.timeoff.endpoints import balances, limits, plans, requests

ROUTES = [*requests.ROUTES, *plans.ROUTES, *limits.ROUTES, *balances.ROUTES]
