"""Calling somebody's phone: on the session it has open between calls, else by a proposal that any of their softphones may take."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from shiftline.calls import store
from shiftline.calls.model import PROPOSAL_LIFETIME, Call, Leg, LegState
from shiftline.calls.operations.legs import change_leg_in, choose_node_in, make_anew_in, propose_leg_in
from shiftline.conversations.model.conversations import Participant
from shiftline.foundation.database import Transaction
from shiftline.routing.operations.offers import accept_offer_in


async def ring_in(
    tx: Transaction,
    call: Call,
    participant: Participant,
    *,
    offer_id: str | None = None,
    auto_answer: bool = False,
    lifetime: timedelta = PROPOSAL_LIFETIME,
    wish: Mapping[str, Any] | None = None,
) -> Call:
    """Ring a participant who is alerting; the call with their leg. ``wish``: what a queue that they call has to know."""
    open_leg = await _find_open(tx, participant)
    if open_leg is None:
        leg = await propose_leg_in(
            tx, call, participant, offer_id=offer_id, auto_answer=auto_answer, lifetime=lifetime, wish=wish
        )
        return replace(call, legs=(*call.legs, leg))
    wanted = replace(open_leg, offer_id=offer_id, auto_answer=auto_answer, wish=wish or {})
    leg = await _bind(tx, call, participant, wanted, lifetime)
    call = replace(call, legs=(*call.legs, leg))
    if offer_id is not None and auto_answer:
        await accept_offer_in(tx, offer_id)
    return call


async def _find_open(tx: Transaction, participant: Participant) -> Leg | None:
    """A connection that the person's softphone keeps between calls and that is free."""
    assert participant.person_id is not None
    legs = await store.legs_of_person(tx, tx.context.organization_id, participant.person_id)
    free = (leg for leg in legs if leg.persistent and leg.conversation_id is None and leg.state is LegState.CONNECTED)
    return next(free, None)


async def _bind(tx: Transaction, call: Call, participant: Participant, leg: Leg, lifetime: timedelta) -> Leg:
    bound = await change_leg_in(
        tx,
        leg,
        conversation_id=call.conversation.id,
        participant_id=participant.id,
        due_at=tx.context.clock.real_now() + lifetime,
    )
    node_id = await choose_node_in(tx, call)
    if bound.node_id == node_id:
        return bound
    # A call lives in one media process: the softphone's session moves there while it rings.
    return await make_anew_in(tx, bound, node_id)
