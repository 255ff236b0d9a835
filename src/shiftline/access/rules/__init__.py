"""The pure functions that decide access, gate by gate. Enforcement, ``why`` and the live sessions all call them.

``connecting``: may somebody sign in, connect. ``receiving``: may they be offered calls, by routing's own rules. ``offers``: why
they did or did not get one call, from what was written when it was offered. ``recording``: is it recorded.
"""
