"""Shift trades over HTTP: ``trading`` (job-based), ``legacy`` (its predecessor over the same trades), ``answering``."""

from shiftline.workforce.trades.endpoints import legacy, trading

ROUTES = [*trading.ROUTES, *legacy.ROUTES]
