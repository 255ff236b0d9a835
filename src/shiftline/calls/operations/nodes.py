"""What media nodes do with their legs, and what becomes of the legs of a node that died. Real time rules leases."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from shiftline.calls import rules, store
from shiftline.calls.errors import NoMediaProcess
from shiftline.calls.events import LegRepaired, NodeChanged
from shiftline.calls.model import (
    NODE_LIFETIME,
    PARTING_LIFETIME,
    PROPOSAL_LIFETIME,
    RESUME_LIFETIME,
    RETURN_LIFETIME,
    Call,
    Leg,
    LegKind,
    LegState,
)
from shiftline.calls.operations.dialing import connect_in, dial_in
from shiftline.calls.operations.legs import (
    change_leg_in,
    choose_node_in,
    end_leg_in,
    lose_leg_in,
    make_anew_in,
    recall_leg_in,
    tell,
)
from shiftline.calls.operations.moving import lock_call_in, move_in
from shiftline.conversations.model.changes import Join, Move
from shiftline.conversations.model.conversations import (
    CallState,
    Direction,
    DisconnectType,
    Participant,
    ParticipantDraft,
    Purpose,
)
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Refusal, Unavailable
from shiftline.foundation.repairs import application_time, record_repair
from shiftline.routing.operations.interactions import withdraw_in
from shiftline.routing.operations.offers import fail_offer_in

CLOSED = "dtls.closed"
"""Its other side ended the connection."""

BURIED_AT_ONCE = 3

log = structlog.get_logger()


async def register_node(context: Context, node_id: str, slot: str) -> None:
    """A media process begins in a slot; whoever had the slot is dead, and its legs are made anew at once."""
    async with context.transaction() as tx:
        ended = await store.register_node(tx, node_id, slot, context.clock.real_now(), NODE_LIFETIME)
        for each in ended:
            tx.record(NodeChanged(organization_id="", node_id=each, slot=slot, alive=False, reason="replaced"))
        tx.record(NodeChanged(organization_id="", node_id=node_id, slot=slot, alive=True))


async def renew_node(context: Context, node_id: str) -> bool:
    """Say that a node lives; False when it was taken for dead: then it must stop, its legs are elsewhere."""
    async with context.reader() as reader:
        return await store.renew_node(reader, node_id, context.clock.real_now(), NODE_LIFETIME)


async def end_node(context: Context, node_id: str, slot: str) -> None:
    """A node stops in order."""
    async with context.transaction() as tx:
        await store.end_node(tx, node_id, context.clock.real_now())
        tx.record(NodeChanged(organization_id="", node_id=node_id, slot=slot, alive=False, reason="stopped"))


async def describe_leg(context: Context, leg: Leg, sdp: str) -> None:
    """A node made a leg's description: our offer to a softphone, our answer to a web caller."""
    async with context.transaction() as tx:
        _, current = await lock_leg_in(tx, leg)
        if current is None or current.state is not LegState.REQUESTED:
            return
        answered = current.kind is LegKind.WEB
        state = LegState.ANSWERED if answered else LegState.OFFERED
        changed = await change_leg_in(tx, current, state=state, local_sdp=sdp)
        if not answered:
            tell(tx, changed, "offer")


async def answer_restart(context: Context, leg: Leg, fragment: str) -> None:
    """A node began a leg's ICE anew: our part of it, empty where there was nothing to begin."""
    async with context.transaction() as tx:
        _, current = await lock_leg_in(tx, leg)
        if current is not None and current.ice_offer == leg.ice_offer:
            await change_leg_in(tx, current, ice_answer=fragment)


async def connect_leg(context: Context, leg: Leg) -> None:
    """A leg carries sound: its participant is in the call, or in the queue."""
    async with context.transaction() as tx:
        call, current = await lock_leg_in(tx, leg)
        if current is None or current.state is not LegState.ANSWERED:
            return
        rings = call is not None and not enters(call, current)
        changed = await change_leg_in(
            tx,
            current,
            state=LegState.CONNECTED,
            connected_at=current.connected_at or tx.context.now(),
            reinvite=False,
            due_at=tx.context.clock.real_now() + PROPOSAL_LIFETIME if rings else None,
        )
        if call is not None and not rings:
            await _enter(tx, with_leg(call, changed), changed)


async def enter_call(context: Context, leg: Leg) -> None:
    """Bring the participant of a leg that is there already into the call; one who is in it stays."""
    async with context.transaction() as tx:
        call, current = await lock_leg_in(tx, leg)
        if call is not None and current is not None and current.state is LegState.CONNECTED and enters(call, current):
            await _enter(tx, call, current)


def enters(call: Call, leg: Leg) -> bool:
    """Whether a leg's participant is to be in the call once it carries sound: a session kept between calls rings first."""
    participant = call.participant_of(leg)
    if participant is None or not participant.live:
        return False
    return not leg.persistent or leg.auto_answer or participant.state is CallState.CONNECTED


async def _enter(tx: Transaction, call: Call, leg: Leg) -> Call:
    """What a participant does once their leg is there."""
    participant = call.participant_of(leg)
    assert participant is not None
    if participant.state is CallState.CONNECTED:
        return await move_in(tx, call)  # made anew: what was stopped with it goes on
    if participant.state is CallState.CONTACTING:
        return await dial_in(tx, call, participant)
    if participant.state is CallState.ALERTING:
        return await connect_in(tx, call, participant)
    return call


async def fail_leg(context: Context, leg: Leg, reason: str) -> None:
    """A leg did not come up, or its other side is gone: whoever is in the call may come back."""
    async with context.transaction() as tx:
        call, current = await lock_leg_in(tx, leg)
        if current is not None and current.state is not LegState.LOST:
            await lose_or_give_up_in(tx, call, current, reason)


async def lose_or_give_up_in(tx: Transaction, call: Call | None, leg: Leg, reason: str) -> None:
    """Wait for whoever may come back, or ring them; else end the leg and its participant's part."""
    if call is not None and rules.may_return(call, leg):
        log.info("leg.lost", leg=leg.key, reason=reason)
        await move_in(tx, with_leg(call, await lose_leg_in(tx, leg, _patience(leg, reason))))
    elif call is not None and rules.may_be_recalled(call, leg):
        log.info("leg.recalled", leg=leg.key, reason=reason)
        await move_in(tx, with_leg(call, await recall_leg_in(tx, leg)))
    else:
        await give_up_in(tx, call, leg, reason)


def _patience(leg: Leg, reason: str) -> timedelta:
    """For how long a leg that is lost is waited for."""
    if leg.kind is LegKind.SOFTPHONE:
        return PARTING_LIFETIME
    return RETURN_LIFETIME if reason == CLOSED else RESUME_LIFETIME


async def give_up_in(tx: Transaction, call: Call | None, leg: Leg, reason: str) -> None:
    """End a leg that carries nothing, and its participant's part; whoever talked to an agent waits again in the queue."""
    participant = call.participant_of(leg) if call is not None else None
    if call is not None and participant is not None and participant.live:
        rang = leg.state is LegState.PROPOSED and participant.state is not CallState.CONNECTED
        how = DisconnectType.TRANSFER_NO_ANSWER if rang else DisconnectType.TRANSPORT_FAILURE
        changes: list[Any] = [Move(participant.id, CallState.DISCONNECTED, how, reason)]
        if leg.offer_id is not None and participant.purpose is Purpose.AGENT:
            await fail_offer_in(tx, leg.offer_id, reason)
            if rules.queue_of(call.conversation) is None:
                if _waits_again(call, participant):
                    changes.insert(0, Join(queue_again(participant)))
                else:
                    await withdraw_in(tx, call.conversation.id, reason)
        await move_in(tx, call, *changes)
    current = await store.lock_leg(tx, leg.id)
    if current is not None:
        await end_leg_in(tx, current, reason)


def _waits_again(call: Call, agent: Participant) -> bool:
    """Whether the agent was the only one with whom the caller talked."""
    others = [each for each in call.conversation.participants if each.live and each.id != agent.id]
    return {each.purpose for each in others} == {Purpose.CUSTOMER}


def queue_again(agent: Participant) -> ParticipantDraft:
    """The queue of an agent as a participant, once more."""
    return ParticipantDraft(
        purpose=Purpose.ACD,
        direction=Direction.INBOUND,
        state=CallState.CONNECTED,
        queue_id=agent.queue_id,
        queue_name=agent.queue_name,
        name=agent.queue_name,
    )


async def bury_node(context: Context, node_id: str) -> int:
    """Make the legs of a dead node anew on a living one; how many. Where none lives, they wait for one. Raises Unavailable.

    A call at a time in one transaction, those first in which somebody of ours talks; some at once, because each waits for its commit.
    """
    async with context.reader() as reader:
        legs = [leg for leg in await store.legs_of_node(reader, node_id) if leg.state is not LegState.LOST]
        alive = await store.live_nodes(reader, "", context.clock.real_now())
    if not alive:
        return 0
    some = asyncio.Semaphore(BURIED_AT_ONCE)

    async def bury(together: Sequence[Leg]) -> int:
        async with some:
            return await _make_anew(context, node_id, together)

    outcomes = await asyncio.gather(*(bury(together) for together in _by_call(legs)), return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return sum(outcome for outcome in outcomes if isinstance(outcome, int))


def _by_call(legs: Sequence[Leg]) -> list[list[Leg]]:
    """The legs of each call, and each that is between calls; where softphones are in the call first."""
    calls: dict[tuple[str, str], list[Leg]] = {}
    for leg in legs:
        calls.setdefault((leg.organization_id, leg.conversation_id or leg.id), []).append(leg)
    return sorted(calls.values(), key=lambda together: all(leg.kind is LegKind.WEB for leg in together))


async def _make_anew(context: Context, node_id: str, together: Sequence[Leg]) -> int:
    """Make the legs of one call anew; how many. What is refused keeps no other call from it, and is found again."""
    system = context.acting_as(Actor(together[0].organization_id, "system"))
    try:
        async with system.transaction() as tx:
            return len([leg for leg in together if await _make_one_anew(tx, node_id, leg)])
    except Refusal as refusal:
        if isinstance(refusal, Unavailable) and not isinstance(refusal, NoMediaProcess):
            raise
        log.warning("node.call_not_moved", node=node_id, legs=[leg.id for leg in together], message=refusal.message)
        return 0


async def _make_one_anew(tx: Transaction, node_id: str, leg: Leg) -> bool:
    call, current = await lock_leg_in(tx, leg)
    if current is None or current.node_id != node_id or current.state is LegState.LOST:
        return False
    if current.conversation_id != leg.conversation_id:
        return False  # another call's meanwhile, and that one is locked first, too: next time
    changed = await make_anew_in(tx, current, await choose_node_in(tx, call))
    await _tell_anew(tx, current, changed)
    if call is not None:
        await move_in(tx, with_leg(call, changed))
    return True


async def _tell_anew(tx: Transaction, before: Leg, after: Leg) -> None:
    assert before.node_id is not None
    heard_at = await store.find_node_heard_at(tx, before.node_id)
    gone = after.state is LegState.LOST
    record_repair(
        tx,
        LegRepaired(
            organization_id=before.organization_id,
            person_id=before.person_id,
            fault="leg.node_gone",
            since=None if heard_at is None else application_time(tx.context, heard_at),
            wrong=f"The media node {before.node_id} that carried this leg is gone.",
            done=f"Its {'other side is waited for' if gone else 'media is made anew'} on node {after.node_id}.",
            leg_id=before.id,
            conversation_id=before.conversation_id,
            former_node_id=before.node_id,
            node_id=after.node_id,
        ),
    )


async def lock_leg_in(tx: Transaction, leg: Leg) -> tuple[Call | None, Leg | None]:
    """A generation of a leg with its call, both held: the call first. None: it is over, or was made anew."""
    known = await store.find_leg(tx, leg.organization_id, leg.id)
    if known is None or not known.live:
        return None, None
    call = await lock_call_in(tx, known.conversation_id) if known.conversation_id else None
    current = await store.lock_leg(tx, leg.id)
    if current is None or not current.live or current.generation != leg.generation:
        return call, None
    return (call, current) if current.conversation_id == known.conversation_id else await lock_leg_in(tx, current)


def with_leg(call: Call, leg: Leg) -> Call:
    """A call with a leg as it is now."""
    legs = tuple(leg if each.id == leg.id else each for each in call.legs)
    return replace(call, legs=legs if leg in legs else (*legs, leg))


async def keep_stats(context: Context, measured: Sequence[tuple[Leg, dict[str, Any]]]) -> None:
    """Keep what a node measures of its legs, again and again: now and then some are left out."""
    rows = [
        {"organization_id": leg.organization_id, "id": leg.id, "generation": leg.generation, "stats": stats}
        for leg, stats in measured
    ]
    if rows:
        async with context.reader() as reader:
            await store.put_stats(reader, rows)


async def keep_last_stats(context: Context, leg: Leg, stats: dict[str, Any]) -> None:
    """Keep what a node measured of a leg when it closes it."""
    async with context.reader() as reader:
        await store.put_last_stats(reader, leg, stats)
