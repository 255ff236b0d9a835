"""Whoever is INTERACTING with nothing is idle again; an interaction whose conversation is over ends.

Whether a conversation is there, routing does not know: who does asks for the second.
"""

from datetime import datetime, timedelta
from functools import partial

from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.repairs import mend_each, record_repair
from shiftline.presence.model import RoutingState
from shiftline.presence.operations.repairs import hold_routing_status_in, release_status_in
from shiftline.presence.rules import Cause
from shiftline.routing.events import InteractionRepaired
from shiftline.routing.operations.interactions import finish_in, withdraw_in
from shiftline.routing.store import interactions, repairs

GRACE = timedelta(minutes=1)
BATCH = 200
REASON = "repaired"


async def release_idle_interacting(context: Context, grace: timedelta = GRACE) -> int:
    """Release those who are INTERACTING and handle nothing, of every organization; how many."""
    before = context.now() - grace
    find = partial(repairs.list_idle_interacting, before=before, limit=BATCH)
    return await mend_each(context, find, partial(_release, before))


async def _release(before: datetime, tx: Transaction, person_id: str) -> bool:
    held = await hold_routing_status_in(tx, person_id)
    only = tx.context.organization_id, person_id
    if held.state is not RoutingState.INTERACTING or not await repairs.list_idle_interacting(tx, before, 1, only):
        return False
    wrong = "The routing status said INTERACTING, but the user handled no interaction: no call could be offered."
    await release_status_in(tx, held, Cause.INTERACTION_ENDED, "status.no_interaction", wrong)
    return True


async def end_orphan_in(tx: Transaction, conversation_id: str, person_id: str | None, fault: str, wrong: str) -> bool:
    """End what stands in routing for a conversation that is over, or (``person_id``) for somebody who has no part in it.

    Whoever was alerted by it, or handled it, is free again. Whether there was anything.
    """
    if person_id is None:
        queued = await interactions.lock_queued(tx, conversation_id)
        found = [] if queued is None else [queued]
        await withdraw_in(tx, conversation_id, REASON)
    else:
        found = await interactions.lock_assigned(tx, conversation_id, person_id)
        await finish_in(tx, person_id, conversation_id, REASON)
    for interaction in found:
        record_repair(
            tx,
            InteractionRepaired(
                organization_id=tx.context.organization_id,
                person_id=person_id,
                fault=fault,
                since=interaction.assigned_at or interaction.enqueued_at,
                wrong=wrong,
                done="The interaction was ended; whoever had it is free again.",
                interaction_id=interaction.id,
                conversation_id=conversation_id,
                queue_id=interaction.queue_id,
            ),
        )
    return bool(found)
