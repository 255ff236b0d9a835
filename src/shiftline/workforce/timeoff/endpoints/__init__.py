"""Time off over HTTP: ``requests``, ``plans``, ``limits`` (with the wait list), ``conversions``, ``balances`` (with
estimates), ``grants``.
"""

from shiftline.workforce.timeoff.endpoints import balances, conversions, grants, limits, plans, requests

ROUTES = [*requests.ROUTES, *plans.ROUTES, *limits.ROUTES, *conversions.ROUTES, *balances.ROUTES, *grants.ROUTES]
