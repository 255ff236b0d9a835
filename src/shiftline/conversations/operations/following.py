"""What follows for people and queues from a conversation's change, whatever carries it. All in the caller's transaction."""

from shiftline.conversations.model.conversations import CallState, Conversation, Participant, Purpose
from shiftline.conversations.rules.changing import queue_of
from shiftline.foundation.database import Transaction
from shiftline.presence.operations.presences import move_routing_status_in
from shiftline.presence.rules import Cause
from shiftline.routing.operations.interactions import finish_in, withdraw_in


async def follow_people_in(tx: Transaction, before: Conversation, after: Conversation) -> None:
    """Tell presence and routing what became of the people in a conversation."""
    for participant in after.participants:
        if participant.person_id is None:
            continue
        former = before.participant(participant.id)
        if participant.purpose is Purpose.AGENT:
            if _is_released(former, participant):
                await finish_in(tx, participant.person_id, after.id)
        elif (cause := _own_call(former, participant)) is not None:
            await move_routing_status_in(tx, participant.person_id, cause)


def _is_released(former: Participant | None, participant: Participant) -> bool:
    """Whether an agent has just done with the conversation, after-call work included."""
    busy = former is not None and (former.live or former.wrapping_up)
    return busy and not participant.live and not participant.wrapping_up


def _own_call(former: Participant | None, participant: Participant) -> Cause | None:
    was = former is not None and former.state is CallState.CONNECTED
    if participant.state is CallState.CONNECTED and not was:
        return Cause.OWN_CALL_BEGAN
    return Cause.OWN_CALL_ENDED if was and not participant.live else None


async def leave_queue_in(tx: Transaction, before: Conversation, after: Conversation) -> bool:
    """Whoever waits no more, or elsewhere, is taken from the queue; whether somebody was.

    One whom an agent accepted has left it already.
    """
    left, entered = queue_of(before), queue_of(after)
    if left is None or (entered is not None and entered.id == left.id):
        return False
    await withdraw_in(tx, after.id, "abandoned" if not after.live else "transferred")
    return True
