"""After-call work: whose is over, and which wrap-up can be given."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from shiftline.conversations import store
from shiftline.conversations.errors import WrapupCodeUnknown
from shiftline.conversations.model.changes import EndWrapup, ExpireWrapup
from shiftline.conversations.model.conversations import Conversation, DueWrapup, Participant, Wrapup
from shiftline.conversations.operations.conversations import change_conversation_in, lock_conversation_in
from shiftline.conversations.operations.reading import find_participant
from shiftline.foundation.database import Reader, Transaction
from shiftline.routing.model.queues import Medium
from shiftline.routing.operations.wrapup_codes import find_queue_wrapup_codes


async def list_due_wrapups(
    reader: Reader, now: datetime, limit: int, media: Collection[Medium] = tuple(Medium)
) -> list[DueWrapup]:
    """After-call work, of all organizations and some media, whose time is over by the application's clock; the longest over first."""
    return await store.due_wrapups(reader, now, limit, media)


async def expire_wrapup_in(tx: Transaction, due: DueWrapup) -> Conversation:
    """End after-call work whose time is over; nothing happens when it has ended meanwhile. Raises ConversationNotFound."""
    return await change_conversation_in(tx, due.conversation_id, ExpireWrapup(due.participant_id))


async def end_wrapup_in(
    tx: Transaction, conversation_id: str, participant_id: str, wrapup: Wrapup | None, *, skipped: bool = False
) -> Conversation:
    """Give a participant's wrap-up, or none, in the caller's transaction.

    Raises ConversationNotFound, ParticipantNotFound, WrapupCodeUnknown, and the refusals of ``changing.apply``.
    """
    participant = find_participant(await lock_conversation_in(tx, conversation_id), participant_id)
    if wrapup is not None:
        wrapup = await check_wrapup(tx, tx.context.organization_id, participant, wrapup)
    return await change_conversation_in(tx, conversation_id, EndWrapup(participant_id, wrapup, skipped))


async def check_wrapup(reader: Reader, organization_id: str, participant: Participant, wrapup: Wrapup) -> Wrapup:
    """A wrap-up with the name of its code, which must be one of those that the participant's queue offers.

    A queue that offers none, and no queue, take any code. Raises WrapupCodeUnknown.
    """
    if wrapup.code_id is None or participant.queue_id is None:
        return wrapup
    offered = {code.id: code for code in await find_queue_wrapup_codes(reader, organization_id, participant.queue_id)}
    if not offered:
        return wrapup
    if wrapup.code_id not in offered:
        raise WrapupCodeUnknown(wrapup.code_id)
    return replace(wrapup, name=offered[wrapup.code_id].name)
