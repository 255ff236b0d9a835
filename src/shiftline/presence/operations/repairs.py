"""Who is on queue without a session is taken offline, and a routing status that stands for nothing is released.

Whoever lost their session in a way that nothing noticed is on queue and unreachable. Who never had one (a program says by the API
what they do) is left alone.

One who has an absence is waited for by that; whoever was on queue before they connected has the grace for it.
"""

from datetime import datetime, timedelta
from functools import partial

from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.repairs import mend_each, record_repair
from shiftline.presence import store
from shiftline.presence.events import PresenceRepaired, RoutingStatusRepaired
from shiftline.presence.model import RoutingStatus
from shiftline.presence.operations.presences import go_offline_in, move_routing_status_in
from shiftline.presence.rules import Cause

GRACE = timedelta(minutes=5)
"""From going on queue until there must be a session: a softphone that starts slowly has its page's tries for it."""

BATCH = 200
FAULT = "presence.no_session"


async def end_ghosts(context: Context, grace: timedelta = GRACE) -> int:
    """Take those offline who are on queue and have no session, of every organization; how many."""
    before = context.now() - grace
    return await mend_each(context, partial(store.list_ghosts, before=before, limit=BATCH), partial(_end_ghost, before))


async def _end_ghost(before: datetime, tx: Transaction, person_id: str) -> bool:
    standing = await store.lock_standing(tx, person_id)
    since = await store.find_ghost(tx, person_id, before)
    if since is None:  # they connected, or left the queue, just now
        return False
    await go_offline_in(tx, person_id, FAULT)
    record_repair(
        tx,
        PresenceRepaired(
            organization_id=tx.context.organization_id,
            person_id=person_id,
            fault=FAULT,
            since=since,
            wrong="The user was on queue without any session: no call could reach them.",
            done="The presence was set to Offline; going on queue again with a connected softphone brings calls at once.",
            was=standing.primary.system_presence,
        ),
    )
    return True


async def hold_routing_status_in(tx: Transaction, person_id: str) -> RoutingStatus:
    """A routing status, held until the transaction ends: what is read after this is not older than it."""
    return (await store.lock_standing(tx, person_id)).routing


async def release_status_in(tx: Transaction, held: RoutingStatus, cause: Cause, fault: str, wrong: str) -> None:
    """Move a held routing status, which stands for nothing, as the end of what it stood for would have."""
    after = await move_routing_status_in(tx, held.person_id, cause)
    record_repair(
        tx,
        RoutingStatusRepaired(
            organization_id=tx.context.organization_id,
            person_id=held.person_id,
            fault=fault,
            since=held.started_at,
            wrong=wrong,
            done=f"The routing status was set from {held.state} to {after.state}.",
            was=held.state,
            became=after.state,
        ),
    )
