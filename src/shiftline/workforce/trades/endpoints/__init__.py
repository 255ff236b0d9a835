"""Shift trades over HTTP: ``trading`` and ``reviews`` (job-based, of agents and of whoever reviews), ``legacy`` (their
predecessors over the same trades), ``cycles`` (rings of more than two), ``open_shifts``, ``answering``.
"""

from shiftline.workforce.trades.endpoints import cycles, legacy, open_shifts, trading

ROUTES = [*trading.ROUTES, *legacy.ROUTES, *cycles.ROUTES, *open_shifts.ROUTES]
