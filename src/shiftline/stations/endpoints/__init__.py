"""Stations and phones over HTTP."""

from shiftline.stations.endpoints import phones, stations

ROUTES = [*stations.ROUTES, *phones.ROUTES]
EXPANSIONS = {"station": stations.expand_station}
