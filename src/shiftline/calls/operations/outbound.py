"""Calls that people here begin: to another agent, or to a queue."""

from dataclasses import replace

from shiftline.authorization.operations import require
from shiftline.calls import store
from shiftline.calls.errors import CalleeInvalid, NotPossibleNow
from shiftline.calls.model import Call, OutboundDraft
from shiftline.calls.operations.callees import draft_callee_in
from shiftline.calls.operations.ringing import ring_in
from shiftline.conversations.model.conversations import (
    CallState,
    Conversation,
    ConversationDraft,
    Direction,
    ParticipantDraft,
    Purpose,
)
from shiftline.conversations.operations.conversations import open_conversation_in
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.identity.operations.targets import own_person_id

CALL = "conversation:call:add"
CONFERENCE = "conversation:conference:add"


async def begin_call(context: Context, draft: OutboundDraft) -> Conversation:
    """Ring the caller's own softphone, which answers by itself; once it is there, whom the call is for.

    Raises PermissionMissing, CalleeInvalid, NotPossibleNow.
    """
    require(context, CALL, CONFERENCE)
    person_id = own_person_id(context)
    async with context.transaction() as tx:
        await store.lock_person(tx, person_id)
        await _require_phone(tx, person_id)
        await _require_skills(tx, draft)
        callees = [
            await draft_callee_in(
                tx,
                callee,
                f"participants[{index}]" if len(draft.callees) > 1 else "callUserId",
                state=CallState.OFFERING,
            )
            for index, callee in enumerate(draft.callees)
        ]
        if any(callee.person_id == person_id for callee in callees):
            raise CalleeInvalid("callUserId", "is yourself.")
        if any(callee.purpose is Purpose.ACD for callee in callees) and len(callees) > 1:
            raise CalleeInvalid("participants", "a queue is called alone.")
        return await _begin(tx, person_id, callees, draft)


async def _begin(
    tx: Transaction, person_id: str, callees: list[ParticipantDraft], draft: OutboundDraft
) -> Conversation:
    caller = ParticipantDraft(
        purpose=Purpose.USER if draft.from_queue_id is None else Purpose.AGENT,
        direction=Direction.OUTBOUND,
        state=CallState.CONTACTING,
        person_id=person_id,
        queue_id=draft.from_queue_id,
        attributes=draft.attributes,
    )
    # A queue is entered only once the caller's softphone is there.
    called = [replace(callee, state=CallState.OFFERING) for callee in callees]
    conversation = await open_conversation_in(
        tx, ConversationDraft(direction=Direction.OUTBOUND, participants=(caller, *called))
    )
    participant = conversation.participant(caller.id)
    assert participant is not None
    wish = {"priority": draft.priority, "skill_ids": list(draft.skill_ids), "language_id": draft.language_id}
    call = await ring_in(tx, Call(conversation), participant, auto_answer=True, wish=wish)
    return call.conversation


async def _require_skills(tx: Transaction, draft: OutboundDraft) -> None:
    wanted = [*(("routingSkillsIds", each) for each in draft.skill_ids)]
    if draft.language_id is not None:
        wanted.append(("languageId", draft.language_id))
    known = await store.known_skills(tx, tx.context.organization_id, [each for _, each in wanted]) if wanted else set()
    for field, skill_id in wanted:
        if skill_id not in known:
            raise CalleeInvalid(field, f"there is no skill or language with id {skill_id}.")


async def _require_phone(tx: Transaction, person_id: str) -> None:
    phone = await store.find_phone(tx, tx.context.organization_id, person_id, tx.context.clock.real_now())
    if phone.station_id is None:
        raise NotPossibleNow("You have no station: associate one, then call.")
    if not phone.reachable:
        raise NotPossibleNow("Your softphone is not connected: start it, then call.")
    busy = await store.legs_of_person(tx, tx.context.organization_id, person_id)
    if len([leg for leg in busy if leg.conversation_id is not None]) >= phone.call_appearances:
        raise NotPossibleNow(f"Your phone has {phone.call_appearances} line(s), all in use: end a call first.")
