"""Calls that go on without any leg are ended: nobody in them could speak, and nobody could hang up."""

from datetime import datetime, timedelta
from functools import partial

from shiftline.calls import store
from shiftline.calls.events import CallRepaired
from shiftline.calls.operations.moving import lock_call_in, move_in
from shiftline.conversations.model.changes import Move
from shiftline.conversations.model.conversations import CallState, DisconnectType
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.repairs import mend_each, record_repair

GRACE = timedelta(minutes=1)
BATCH = 100
FAULT = "call.no_leg"


async def end_legless(context: Context, grace: timedelta = GRACE) -> int:
    """End the calls that go on without any leg, of every organization; how many."""
    before = context.now() - grace

    async def find(reader: Reader) -> list[tuple[str, str]]:
        return [
            (owner, conversation_id) for owner, conversation_id, _ in await store.list_legless(reader, before, BATCH)
        ]

    return await mend_each(context, find, partial(_end, before))


async def _end(before: datetime, tx: Transaction, conversation_id: str) -> bool:
    call = await lock_call_in(tx, conversation_id)
    organization_id = tx.context.organization_id
    found = await store.list_legless(tx, before, 1, (organization_id, conversation_id))
    if not found:
        return False
    live = [each for each in call.conversation.participants if each.live]
    how = DisconnectType.TRANSPORT_FAILURE
    await move_in(tx, call, *(Move(each.id, CallState.DISCONNECTED, how, FAULT) for each in live))
    record_repair(
        tx,
        CallRepaired(
            organization_id=organization_id,
            person_id=next((each.person_id for each in live if each.person_id is not None), None),
            fault=FAULT,
            since=found[0][2],
            wrong="The call went on although no leg of it was left: nobody in it could speak or hang up.",
            done="The call was ended; whoever was busy with it is free again.",
            conversation_id=conversation_id,
        ),
    )
    return True
