"""What stands in routing and presence for conversations in which nobody takes part any more, is brought to its end."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from shiftline.conversations import store
from shiftline.conversations.store import Orphan
from shiftline.foundation.context import Actor, Context
from shiftline.presence.model import RoutingState
from shiftline.presence.operations.repairs import hold_routing_status_in, release_status_in
from shiftline.presence.rules import Cause
from shiftline.routing.operations.repairs import end_orphan_in

GRACE = timedelta(minutes=1)
BATCH = 200

WITHOUT_CONVERSATION = "interaction.without_conversation"
WITHOUT_PART = "interaction.without_part"
WRONG: Mapping[str, str] = {
    WITHOUT_CONVERSATION: "The interaction stood in its queue although its conversation was over: it would have been offered in vain.",
    WITHOUT_PART: "The interaction was assigned to a user who had no part in its conversation any more: they counted as busy.",
}


async def end_orphans(context: Context, grace: timedelta = GRACE) -> int:
    """End interactions whose conversation is over or whose agent has left it, of every organization; how many."""
    mended = 0
    async with context.reader() as reader:
        found = await store.list_orphans(reader, context.now() - grace, BATCH)
    for orphan in found:
        mended += await _end_orphan(context.acting_as(Actor(orphan.organization_id, "system")), orphan, grace)
    return mended


async def _end_orphan(context: Context, orphan: Orphan, grace: timedelta) -> bool:
    async with context.transaction() as tx:
        await store.lock_conversation(tx, orphan.conversation_id)
        if orphan not in await store.list_orphans(tx, context.now() - grace, BATCH, orphan):
            return False
        fault = WITHOUT_CONVERSATION if orphan.person_id is None else WITHOUT_PART
        return await end_orphan_in(tx, orphan.conversation_id, orphan.person_id, fault, WRONG[fault])


async def release_idle_communicating(context: Context, grace: timedelta = GRACE) -> int:
    """Release those who are COMMUNICATING and in no conversation, of every organization; how many."""
    mended = 0
    async with context.reader() as reader:
        found = await store.list_idle_communicating(reader, context.now() - grace, BATCH)
    for organization_id, person_id in found:
        system = context.acting_as(Actor(organization_id, "system"))
        mended += await _release(system, person_id, context.now() - grace)
    return mended


async def _release(context: Context, person_id: str, before: datetime) -> bool:
    async with context.transaction() as tx:
        held = await hold_routing_status_in(tx, person_id)
        if held.state is not RoutingState.COMMUNICATING:
            return False
        if not await store.list_idle_communicating(tx, before, 1, (context.organization_id, person_id)):
            return False
        wrong = "The routing status said COMMUNICATING, but the user was in no call: none could be offered."
        await release_status_in(tx, held, Cause.OWN_CALL_ENDED, "status.no_call", wrong)
        return True
