"""Offers of routing become ringing phones. The router's program calls ``offer_waiting`` whenever there is news."""

import structlog

from shiftline.calls import store
from shiftline.calls.errors import NoMediaProcess
from shiftline.calls.operations.moving import lock_call_in, move_in
from shiftline.calls.operations.ringing import ring_in
from shiftline.conversations.model.changes import Join, Move
from shiftline.conversations.model.conversations import CallState, Direction, DisconnectType, ParticipantDraft, Purpose
from shiftline.foundation.context import Actor, Context
from shiftline.routing.model.interactions import Offer, OfferState
from shiftline.routing.operations.choosing import make_offers_in
from shiftline.routing.operations.interactions import organizations_waiting, withdraw_in
from shiftline.routing.operations.offers import find_offer, miss_offer_in

AT_ONCE = 50
"""Offers made in one transaction: whoever became free last waits for it."""

log = structlog.get_logger()


async def offer_waiting(context: Context) -> int:
    """Offer whatever waits to whoever is free, and ring their phones; how many were offered."""
    async with context.reader() as reader:
        waiting = await organizations_waiting(reader)
        behind = await store.organizations_with_unplaced_offers(reader)
    offered = 0
    for organization_id in dict.fromkeys((*waiting, *behind)):
        offered += await _offer_in_organization(context.acting_as(Actor(organization_id, "system")))
    return offered


async def _offer_in_organization(context: Context) -> int:
    async with context.transaction() as tx:
        offers = await make_offers_in(tx, limit=AT_ONCE)
    async with context.reader() as reader:
        unplaced = await store.unplaced_offers(reader, context.organization_id, AT_ONCE)
        known = {offer.id: offer for offer in offers}
        found = [
            known.get(offer_id) or await find_offer(reader, context.organization_id, offer_id) for offer_id in unplaced
        ]
    for offer in found:
        if offer is not None:
            await _try_to_place(context, offer)
    return len(offers)


async def _try_to_place(context: Context, offer: Offer) -> None:
    """A phone whose connection is kept in a media process cannot ring without one: it rings once there is one again."""
    try:
        await place_offer(context, offer)
    except NoMediaProcess as refusal:
        log.warning("offer.not_placed", offer=offer.id, reason=refusal.message)


async def place_offer(context: Context, offer: Offer) -> None:
    """Bring the agent into the conversation and ring their phone. Where nobody waits any more, the offer is withdrawn."""
    async with context.transaction() as tx:
        call = await lock_call_in(tx, offer.conversation_id)
        if any(leg.offer_id == offer.id for leg in call.legs):
            return
        current = await find_offer(tx, context.organization_id, offer.id)
        if current is None or current.state is not OfferState.ALERTING:
            return
        if not call.conversation.live:
            await withdraw_in(tx, offer.conversation_id, "abandoned")
            return
        left = offer.expires_at - context.clock.real_now()
        agent = ParticipantDraft(
            purpose=Purpose.AGENT,
            direction=Direction.INBOUND,
            state=CallState.ALERTING,
            person_id=offer.person_id,
            queue_id=offer.queue_id,
            alerting_timeout_ms=max(0, round(left.total_seconds() * 1000)),
        )
        call = await move_in(tx, call, Join(agent))
        ringing = call.conversation.participant(agent.id)
        assert ringing is not None
        await ring_in(tx, call, ringing, offer_id=offer.id, auto_answer=offer.auto_answer, lifetime=left)


async def miss_offer(context: Context, offer: Offer) -> None:
    """An offer's time is over: the phone stops, the agent counts as not responding, the caller waits on."""
    async with context.transaction() as tx:
        call = await lock_call_in(tx, offer.conversation_id)
        current = await find_offer(tx, context.organization_id, offer.id)
        if current is None or current.state is not OfferState.ALERTING:
            return
        await miss_offer_in(tx, offer.id)
        leg = next((each for each in call.legs if each.offer_id == offer.id), None)
        participant = call.participant_of(leg) if leg is not None else None
        if participant is not None and participant.live:
            await move_in(tx, call, Move(participant.id, CallState.DISCONNECTED, DisconnectType.TRANSFER_NO_ANSWER))
