"""What happens because time passed: offers and legs that nobody took, dead media nodes, after-call work that is over.

Each is found by its lease in PostgreSQL and dealt with in a transaction of its own; one that fails keeps no other from happening.
"""

from collections.abc import Awaitable, Callable

import structlog

from shiftline.calls import store
from shiftline.calls.events import NodeChanged
from shiftline.calls.model import Leg, LegState
from shiftline.calls.operations.moving import lock_call_in, move_in
from shiftline.calls.operations.nodes import bury_node, lock_leg_in, lose_or_give_up_in
from shiftline.calls.operations.offering import miss_offer
from shiftline.conversations.model.changes import ExpireWrapup, Move
from shiftline.conversations.model.conversations import CallState, DisconnectType, DueWrapup
from shiftline.conversations.operations.wrapups import list_due_wrapups
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import Refusal, Unavailable
from shiftline.routing.model.queues import Medium
from shiftline.routing.operations.offers import find_expired_offers, find_offer
from shiftline.routing.rules.eligibility import CALLS

BATCH = 200
NOT_IN_TIME = "not.in.time"

log = structlog.get_logger()


async def run_due(context: Context) -> int:
    """Do all that is due; how much was done. Raises Unavailable."""
    done = 0
    for kind in (_nodes, _offers, _legs, _wrapups):
        done += await kind(context)
    return done


async def _nodes(context: Context) -> int:
    real_now = context.clock.real_now()
    async with context.reader() as reader:
        dead = await store.dead_nodes(reader, real_now)
    if not dead:
        return 0
    async with context.transaction() as tx:
        for node_id, slot in await store.expire_nodes(tx, real_now):
            tx.record(NodeChanged(organization_id="", node_id=node_id, slot=slot, alive=False, reason="lease.expired"))
    buried = [await _try("node", lambda node_id=node_id: bury_node(context, node_id)) for node_id, _ in dead]
    return sum(buried)


async def _offers(context: Context) -> int:
    async with context.reader() as reader:
        expired = await find_expired_offers(reader, context.clock.real_now(), BATCH, CALLS)
        found = [(owner, await find_offer(reader, owner, offer_id)) for owner, offer_id in expired]
    done = 0
    for owner, offer in found:
        if offer is not None:
            done += await _try(
                "offer", lambda owner=owner, offer=offer: _one(miss_offer(_system(context, owner), offer))
            )
    return done


async def _legs(context: Context) -> int:
    async with context.reader() as reader:
        due = await store.due_legs(reader, context.clock.real_now(), BATCH)
    done = 0
    for owner, leg_id in due:
        done += await _try("leg", lambda owner=owner, leg_id=leg_id: _one(_give_up(_system(context, owner), leg_id)))
    return done


async def _give_up(context: Context, leg_id: str) -> None:
    async with context.reader() as reader:
        leg = await store.find_leg(reader, context.organization_id, leg_id)
    if leg is None or not leg.live:
        return
    async with context.transaction() as tx:
        call, current = await lock_leg_in(tx, leg)
        if current is None or not is_due(current, context):
            return
        participant = call.participant_of(current) if call is not None else None
        if call is not None and participant is not None and current.state is LegState.CONNECTED:
            # A session that is kept between calls rang in vain; it stays for the next one.
            await move_in(tx, call, Move(participant.id, CallState.DISCONNECTED, DisconnectType.TRANSFER_NO_ANSWER))
        else:
            await lose_or_give_up_in(tx, call, current, NOT_IN_TIME)


def is_due(leg: Leg, context: Context) -> bool:
    """Whether a leg's present state is to be given up."""
    return leg.due_at is not None and leg.due_at <= context.clock.real_now()


async def _wrapups(context: Context) -> int:
    async with context.reader() as reader:
        due = await list_due_wrapups(reader, context.now(), BATCH, (Medium.CALL,))
    done = 0
    for each in due:
        done += await _try("wrapup", lambda each=each: _one(_end_wrapup(_system(context, each.organization_id), each)))
    return done


async def _end_wrapup(context: Context, due: DueWrapup) -> None:
    async with context.transaction() as tx:
        call = await lock_call_in(tx, due.conversation_id)
        await move_in(tx, call, ExpireWrapup(due.participant_id))


async def _one(work: Awaitable[None]) -> int:
    await work
    return 1


async def _try(kind: str, work: Callable[[], Awaitable[int]]) -> int:
    """Do one thing; what is refused is logged and found again, if it is still due."""
    try:
        return await work()
    except Unavailable:
        raise
    except Refusal as refusal:
        log.warning("clock.refused", kind=kind, code=refusal.code, message=refusal.message)
        return 0


def _system(context: Context, organization_id: str) -> Context:
    return context.acting_as(Actor(organization_id, "system"))
