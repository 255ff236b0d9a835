"""Finding out who shall be called, and refusing in words whom nobody can call."""

from shiftline.calls import store
from shiftline.calls.errors import CalleeInvalid
from shiftline.calls.model import Callee
from shiftline.conversations.model.conversations import CallState, Conversation, Direction, ParticipantDraft, Purpose
from shiftline.foundation.database import Transaction


async def draft_callee_in(
    tx: Transaction, callee: Callee, field: str, *, state: CallState, from_queue_id: str | None = None
) -> ParticipantDraft:
    """A participant for somebody who shall be called. Raises CalleeInvalid, which names ``field``."""
    if callee.queue_id is not None:
        return await _queue(tx, callee.queue_id, field)
    found = await store.find_callees(tx, tx.context.organization_id, person_id=callee.person_id, address=callee.address)
    if len(found) != 1:
        raise CalleeInvalid(field, _nobody(callee))
    person_id, name = found[0]
    phone = await store.find_phone(tx, tx.context.organization_id, person_id, tx.context.clock.real_now())
    if not phone.reachable:
        raise CalleeInvalid(field, f"{name}'s softphone is not connected: they cannot be called now.")
    purpose = Purpose.USER if from_queue_id is None else Purpose.AGENT
    return ParticipantDraft(
        purpose=purpose,
        direction=Direction.INBOUND,
        state=state,
        person_id=person_id,
        queue_id=from_queue_id,
    )


async def _queue(tx: Transaction, queue_id: str, field: str) -> ParticipantDraft:
    if await store.find_queue(tx, tx.context.organization_id, queue_id) is None:
        raise CalleeInvalid(field, f"there is no queue with id {queue_id}.")
    return ParticipantDraft(
        purpose=Purpose.ACD, direction=Direction.INBOUND, state=CallState.CONNECTED, queue_id=queue_id
    )


def _nobody(callee: Callee) -> str:
    if callee.person_id is not None:
        return f"there is no active user with id {callee.person_id}."
    if callee.address:
        return (
            f"nobody here has the address {callee.address}. There is no telephone trunk: agents are called by "
            "callUserId, or by their e-mail or chat address."
        )
    return "say whom to call: callUserId, callQueueId, or an agent's address as phoneNumber."


def require_free(conversation: Conversation, draft: ParticipantDraft, field: str) -> None:
    """Raises CalleeInvalid for somebody who is in the call already."""
    here = {each.person_id for each in conversation.participants if each.live and each.person_id is not None}
    if draft.person_id in here:
        raise CalleeInvalid(field, "is in the call already.")
