"""Wishes over HTTP."""

from shiftline.workforce.preferences.endpoints import settings, standing, stating

ROUTES = [*stating.ROUTES, *settings.ROUTES, *standing.ROUTES]
