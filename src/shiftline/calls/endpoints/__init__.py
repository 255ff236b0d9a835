"""Calls over HTTP: what a party does, transfers, and web callers by WHIP."""

from shiftline.calls.endpoints import controls, quality, recording, transfers, whip

ROUTES = [*controls.ROUTES, *transfers.ROUTES, *quality.ROUTES, *recording.ROUTES, *whip.ROUTES]
