"""Adherence adjustments over HTTP: adjustments, reason codes and settings."""

from shiftline.workforce.adjustments.endpoints import adjustments, codes

ROUTES = [*adjustments.ROUTES, *codes.ROUTES]
