"""Adherence over HTTP: boards, explanations, history."""

from shiftline.workforce.adherence.endpoints import boards, explanations, history

ROUTES = [*boards.ROUTES, *explanations.ROUTES, *history.ROUTES]
