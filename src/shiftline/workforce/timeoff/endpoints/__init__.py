"""Time off over HTTP: ``requests``, ``plans``, ``limits`` (with the wait list), ``balances`` (with
estimates), ``grants``.
"""

from shiftline.workforce.timeoff.endpoints import balances, grants, limits, plans, requests

ROUTES = [*requests.ROUTES, *plans.ROUTES, *limits.ROUTES, *balances.ROUTES, *grants.ROUTES]
