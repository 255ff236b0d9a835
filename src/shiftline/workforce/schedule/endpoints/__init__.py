"""Schedules over HTTP: the vendor's operations by week, searches, and our own on revisions, uploads and operations."""

from shiftline.workforce.schedule.endpoints import feeds, open_shifts, own, search, weeks

ROUTES = [*weeks.ROUTES, *search.ROUTES, *own.ROUTES, *feeds.ROUTES, *open_shifts.ROUTES]
