"""Offers of what is written become alerting participants; offers that nobody answered, and after-call work that is over, end.

The router's program calls these beside those of calls: one choice of routing makes the offers of all media.
"""

from collections.abc import Awaitable, Callable

import structlog

from shiftline.conversations.model.changes import ExpireWrapup, Join, Move
from shiftline.conversations.model.conversations import (
    CallState,
    Direction,
    DisconnectType,
    DueWrapup,
    ParticipantDraft,
    Purpose,
)
from shiftline.conversations.operations.wrapups import list_due_wrapups
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import Refusal, Unavailable
from shiftline.messaging import store
from shiftline.messaging.model import WRITTEN
from shiftline.messaging.operations.controls import accept_in
from shiftline.messaging.operations.moving import lock_written_in, move_in
from shiftline.messaging.rules.conversing import alerting_part
from shiftline.routing.model.interactions import Offer, OfferState
from shiftline.routing.operations.interactions import withdraw_in
from shiftline.routing.operations.offers import find_expired_offers, find_offer, miss_offer_in

AT_ONCE = 200

log = structlog.get_logger()


async def place_offers(context: Context) -> int:
    """Alert whoever was offered something written and is not told yet; how many."""
    async with context.reader() as reader:
        found = [
            (owner, await find_offer(reader, owner, offer_id))
            for owner, offer_id in await store.unplaced_offers(reader, AT_ONCE)
        ]
    placed = 0
    for owner, offer in found:
        if offer is not None:
            placed += await _try("place", place_offer, _system(context, owner), offer)
    return placed


async def place_offer(context: Context, offer: Offer) -> None:
    """Bring the agent into the conversation, alerting. Where nobody waits any more, the offer is withdrawn."""
    async with context.transaction() as tx:
        conversation = await lock_written_in(tx, offer.conversation_id)
        current = await find_offer(tx, context.organization_id, offer.id)
        if current is None or current.state is not OfferState.ALERTING:
            return
        if alerting_part(conversation, offer.person_id) is not None:
            return
        if not conversation.live:
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
        conversation = await move_in(tx, conversation, [Join(agent)])
        if offer.auto_answer:
            alerting = conversation.participant(agent.id)
            assert alerting is not None
            await accept_in(tx, conversation, alerting)


async def run_due(context: Context) -> int:
    """Miss the offers that nobody answered, end after-call work that is over; how much was done. Raises Unavailable."""
    async with context.reader() as reader:
        expired = await find_expired_offers(reader, context.clock.real_now(), AT_ONCE, WRITTEN)
        offers = [(owner, await find_offer(reader, owner, offer_id)) for owner, offer_id in expired]
        wrapups = await list_due_wrapups(reader, context.now(), AT_ONCE, WRITTEN)
    done = 0
    for owner, offer in offers:
        if offer is not None:
            done += await _try("offer", miss_offer, _system(context, owner), offer)
    for due in wrapups:
        done += await _try("wrapup", _end_wrapup, _system(context, due.organization_id), due)
    return done


async def miss_offer(context: Context, offer: Offer) -> None:
    """An offer's time is over: the agent counts as not responding, and the conversation waits on at its place."""
    async with context.transaction() as tx:
        conversation = await lock_written_in(tx, offer.conversation_id)
        current = await find_offer(tx, context.organization_id, offer.id)
        if current is None or current.state is not OfferState.ALERTING:
            return
        await miss_offer_in(tx, offer.id)
        part = alerting_part(conversation, offer.person_id)
        if part is not None:
            end = Move(part.id, CallState.DISCONNECTED, DisconnectType.TRANSFER_NO_ANSWER)
            await move_in(tx, conversation, [end])


async def _end_wrapup(context: Context, due: DueWrapup) -> None:
    async with context.transaction() as tx:
        conversation = await lock_written_in(tx, due.conversation_id)
        await move_in(tx, conversation, [ExpireWrapup(due.participant_id)])


async def _try(kind: str, work: Callable[..., Awaitable[None]], context: Context, what: object) -> int:
    """Do one thing; what is refused is logged and found again, if it is still due."""
    try:
        await work(context, what)
    except Unavailable:
        raise
    except Refusal as refusal:
        log.warning("messaging.refused", kind=kind, code=refusal.code, message=refusal.message)
        return 0
    return 1


def _system(context: Context, organization_id: str) -> Context:
    return context.acting_as(Actor(organization_id, "system"))
