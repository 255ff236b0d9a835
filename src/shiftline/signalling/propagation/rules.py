"""At which nodes an event is, and at which it is not though it ought to be. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from shiftline.access.model.changes import Arrival
from shiftline.signalling.propagation.model import Arrived, Follower

SOON = timedelta(seconds=1)
"""Within so long a node has an event: after that it is told as missing there."""
SILENT = timedelta(seconds=15)
"""A node that said nothing for so long, three times what it takes to say something, does not hear either."""
LIVES = timedelta(seconds=90)
"""A node that was heard so shortly before an event ought to have it: as long as its sessions are believed to live."""


def tell_arrivals(
    written: Mapping[int, datetime],
    arrived: Mapping[str, Sequence[Arrived]],
    followers: Sequence[Follower],
    now: datetime,
) -> dict[int, tuple[Arrival, ...]]:
    """Where events (by id: when they were written) are and are not, by node; of what nothing is known there is nothing.

    ``arrived``: what each node said that it had. All instants are PostgreSQL's.
    """
    found: dict[int, list[Arrival]] = {}
    for node, events in arrived.items():
        for each in events:
            found.setdefault(each.event_id, []).append(Arrival(node, each.seconds, each.sessions))
    for event_id, at in written.items():
        had = {arrival.node for arrival in found.get(event_id, ())}
        missing = [each.node for each in followers if each.node not in had and _is_missing(each, at, now)]
        if missing:
            found.setdefault(event_id, []).extend(Arrival(node, None, None) for node in missing)
    return {event_id: tuple(sorted(each, key=lambda one: one.node)) for event_id, each in found.items()}


def _is_missing(follower: Follower, written: datetime, now: datetime) -> bool:
    """Whether a node ought to have what was written then, since it says that it does not, or says nothing any more."""
    since, last_seen = follower.reading_since, follower.last_seen
    if since is None or written < since or written - last_seen > LIVES:
        return False
    return last_seen - written >= SOON or min(now - last_seen, now - written) >= SILENT
