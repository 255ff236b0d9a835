"""Shift trades over HTTP: ``trading`` and ``reviews`` (job-based, of agents and of whoever reviews), ``legacy`` (their
predecessors over the same trades), ``answering``.
"""

from shiftline.workforce.trades.endpoints import legacy, trading

ROUTES = [*trading.ROUTES, *legacy.ROUTES]
