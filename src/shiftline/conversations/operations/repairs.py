"""What stands in routing and presence for conversations in which nobody takes part any more, is brought to its end."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from shiftline.conversations import store
from shiftline.conversations.store import Orphan
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.repairs import mend_each
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
    before = context.now() - grace

    async def find(reader: Reader) -> list[tuple[str, Orphan]]:
        return [(each.organization_id, each) for each in await store.list_orphans(reader, before, BATCH)]

    return await mend_each(context, find, partial(_end_orphan, before))


async def _end_orphan(before: datetime, tx: Transaction, orphan: Orphan) -> bool:
    await store.lock_conversation(tx, orphan.conversation_id)
    if orphan not in await store.list_orphans(tx, before, BATCH, orphan):
        return False
    fault = WITHOUT_CONVERSATION if orphan.person_id is None else WITHOUT_PART
    return await end_orphan_in(tx, orphan.conversation_id, orphan.person_id, fault, WRONG[fault])


async def release_idle_communicating(context: Context, grace: timedelta = GRACE) -> int:
    """Release those who are COMMUNICATING and in no conversation, of every organization; how many."""
    before = context.now() - grace
    find = partial(store.list_idle_communicating, before=before, limit=BATCH)
    return await mend_each(context, find, partial(_release, before))


async def _release(before: datetime, tx: Transaction, person_id: str) -> bool:
    held = await hold_routing_status_in(tx, person_id)
    if held.state is not RoutingState.COMMUNICATING:
        return False
    if not await store.list_idle_communicating(tx, before, 1, (tx.context.organization_id, person_id)):
        return False
    wrong = "The routing status said COMMUNICATING, but the user was in no call: none could be offered."
    await release_status_in(tx, held, Cause.OWN_CALL_ENDED, "status.no_call", wrong)
    return True
