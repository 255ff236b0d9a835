"""Callers from the web, by WHIP: they make an offer for a queue, and everything about their call is asked for at its resource.

The resource's address is all that a caller has: its secret is in it. Source: RFC 9725.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from shiftline.calls import rules, store
from shiftline.calls.errors import DescriptionInvalid, LegNotFound, NotPossibleNow, QueueClosed
from shiftline.calls.model import (
    MOST_CANDIDATES,
    SETUP_LIFETIME,
    Call,
    Leg,
    LegKind,
    LegState,
    WebDraft,
    WebState,
    WebStatus,
)
from shiftline.calls.operations.controls import leave_in
from shiftline.calls.operations.descriptions import check_fragments, check_offer
from shiftline.calls.operations.legs import UNDESCRIBED, change_leg_in, choose_node_in, end_leg_in, insert_leg_in
from shiftline.calls.operations.moving import lock_call_in, move_in, read_call
from shiftline.calls.store import WebQueue
from shiftline.conversations.model.conversations import (
    CallState,
    ConversationDraft,
    Direction,
    DisconnectType,
    ParticipantDraft,
    Purpose,
)
from shiftline.conversations.operations.conversations import open_conversation_in
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import LimitReached, Unavailable
from shiftline.foundation.ids import new_id
from shiftline.routing.operations.interactions import estimate_wait

MOST_FROM_ONE_ADDRESS = 30
"""Web calls of one address at a time: an office has some, a flood has many."""
PATIENCE = timedelta(seconds=8)
LOOK_EVERY = 0.02
SECRET_BYTES = 18


@dataclass(frozen=True, slots=True)
class WebCall:
    """A web caller's leg and the secret by which they name it; ``answer`` is our session description."""

    leg: Leg
    secret: str
    answer: str


async def begin_web_call(context: Context, draft: WebDraft) -> WebCall:
    """A caller's offer for a queue, answered. Raises QueueClosed, DescriptionInvalid, LimitReached, Unavailable."""
    check_offer(draft.offer)
    async with context.reader() as reader:
        queue = await _find_queue(reader, context.organization_id, draft)
    owner = context.acting_as(Actor(queue.organization_id, "system"))
    secret = secrets.token_urlsafe(SECRET_BYTES)
    async with owner.transaction() as tx:
        await _require_room(tx, draft.address)
        leg = await _open(tx, draft, queue, secret)
    try:
        return await wait_for_answer(owner, leg, secret)
    except LegNotFound:
        raise DescriptionInvalid("The offer could not be answered.") from None


async def get_web_queue(context: Context, queue_id: str, origin: str | None) -> WebQueue:
    """A queue that takes this caller. Raises QueueClosed."""
    async with context.reader() as reader:
        return await _find_queue(reader, context.organization_id, WebDraft(queue_id, "", origin=origin))


async def _find_queue(reader: Reader, organization_id: str, draft: WebDraft) -> WebQueue:
    """The one queue of this id that takes this caller: of their own organization when they have a token."""
    found = await store.find_web_queues(reader, draft.queue_id, organization_id or None)
    if len(found) != 1:
        raise QueueClosed(draft.queue_id)
    queue = found[0]
    if queue.allowed_origins and draft.origin is not None and draft.origin not in queue.allowed_origins:
        raise QueueClosed(draft.queue_id)
    return queue


async def _require_room(tx: Transaction, address: str | None) -> None:
    """Go on only while an address has not too many calls; whoever comes from there at once waits here. Raises LimitReached."""
    if address is None:
        return
    await store.lock_address(tx, address)
    if await store.count_web_legs(tx, address) >= MOST_FROM_ONE_ADDRESS:
        raise LimitReached(
            f"This address has {MOST_FROM_ONE_ADDRESS} calls already.",
            limit=("web.calls.per.address", "shiftline", MOST_FROM_ONE_ADDRESS),
            retry_after=timedelta(seconds=30),
        )


async def _open(tx: Transaction, draft: WebDraft, queue: WebQueue, secret: str) -> Leg:
    caller = ParticipantDraft(
        purpose=Purpose.CUSTOMER,
        direction=Direction.INBOUND,
        state=CallState.CONTACTING,
        queue_id=queue.id,
        name=draft.name or "Web caller",
        address=draft.address,
    )
    node_id = await choose_node_in(tx, None)
    conversation = await open_conversation_in(
        tx, ConversationDraft(direction=Direction.INBOUND, participants=(caller,), address=draft.address)
    )
    leg = Leg(
        organization_id=queue.organization_id,
        id=new_id(),
        kind=LegKind.WEB,
        session_id=new_id(),
        state=LegState.REQUESTED,
        made_at=tx.context.now(),
        conversation_id=conversation.id,
        participant_id=caller.id,
        node_id=node_id,
        remote_sdp=draft.offer,
        remote_address=draft.address,
        secret_digest=digest_of(secret),
        due_at=tx.context.clock.real_now() + SETUP_LIFETIME,
    )
    await insert_leg_in(tx, leg)
    return leg


async def wait_for_answer(context: Context, leg: Leg, secret: str) -> WebCall:
    """Our description, once the leg's node has made it, or after its death another.

    Raises LegNotFound when the call is over, NotPossibleNow when another offer is to be made, Unavailable when it is late.
    """
    answered = await _wait(context, leg, lambda now: now.remote_sdp == leg.remote_sdp, lambda now: now.local_sdp)
    assert answered.local_sdp is not None
    return WebCall(answered, secret, answered.local_sdp)


async def _wait(context: Context, leg: Leg, holds: Callable[[Leg], bool], wanted: Callable[[Leg], str | None]) -> Leg:
    """The leg once it has what is wanted. Raises NotPossibleNow as soon as what was asked for does not hold any more."""
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            while True:
                current = await _look(context, leg)
                if not holds(current):
                    raise NotPossibleNow("The connection was lost meanwhile: make a new offer.")
                if wanted(current) is not None:
                    return current
                await asyncio.sleep(LOOK_EVERY)
    except TimeoutError:
        raise Unavailable("The call could not be set up in time.") from None


async def _look(context: Context, leg: Leg) -> Leg:
    async with context.reader() as reader:
        current = await store.find_leg(reader, leg.organization_id, leg.id)
    if current is None or not current.live:
        raise LegNotFound(leg.id)
    return current


async def get_web_call(context: Context, leg_id: str, secret: str) -> WebStatus:
    """How a web call stands. Raises LegNotFound."""
    leg = await _find(context, leg_id, secret)
    assert leg.conversation_id is not None
    async with context.reader() as reader:
        call = await read_call(reader, leg.organization_id, leg.conversation_id)
        status = WebStatus(leg.id, leg.conversation_id, "ended", leg.generation, end_reason=leg.end_reason)
        if call is None or not leg.live:
            return status
        status = replace(status, state=_state(call, leg))
        if status.state != "waiting":
            return status
        place = await estimate_wait(reader, leg.organization_id, leg.conversation_id)
    return status if place is None else replace(status, position=place[0], expected_wait=place[1])


def _state(call: Call, leg: Leg) -> WebState:
    participant = call.participant_of(leg)
    if leg.state is LegState.LOST:
        return "lost"
    if participant is None or not participant.live:
        return "ended"
    if leg.state is not LegState.CONNECTED or participant.state is not CallState.CONNECTED:
        return "connecting"
    if participant.confined or participant.held:
        return "held"
    others = [each for each in rules.humans(call.conversation) if each.id != participant.id]
    if any(each.state is CallState.CONNECTED for each in others):
        return "connected"
    return "ringing" if others else "waiting"


async def end_web_call(context: Context, leg_id: str, secret: str) -> None:
    """The caller hangs up; repeated, nothing happens. Raises LegNotFound."""
    leg = await _find(context, leg_id, secret)
    assert leg.conversation_id is not None
    async with context.acting_as(Actor(leg.organization_id, "system")).transaction() as tx:
        call = await lock_call_in(tx, leg.conversation_id)
        participant = call.conversation.participant(leg.participant_id or "")
        if participant is not None and participant.live:
            await leave_in(tx, call, participant, DisconnectType.ENDPOINT)
        current = await store.lock_leg(tx, leg.id)
        if current is not None and current.live:
            await end_leg_in(tx, current, "endpoint")


async def renew_web_call(context: Context, leg_id: str, secret: str, offer: str) -> WebCall:
    """A new offer for a call that goes on: its media process died, or the caller's network changed. Answered as the first.

    Raises LegNotFound, DescriptionInvalid, NotPossibleNow, Unavailable.
    """
    check_offer(offer)
    leg = await _find(context, leg_id, secret)
    assert leg.conversation_id is not None
    owner = context.acting_as(Actor(leg.organization_id, "system"))
    async with owner.transaction() as tx:
        call = await lock_call_in(tx, leg.conversation_id)
        current = await store.lock_leg(tx, leg.id)
        if current is None or not current.live:
            raise LegNotFound(leg_id)
        if current.state is LegState.REQUESTED:
            raise NotPossibleNow("An offer of this call is being answered.")
        others = replace(call, legs=tuple(each for each in call.legs if each.id != leg.id))
        again = await change_leg_in(
            tx,
            current,
            state=LegState.REQUESTED,
            node_id=await choose_node_in(tx, others),
            generation=current.generation + 1,
            due_at=tx.context.clock.real_now() + SETUP_LIFETIME,
            **{**UNDESCRIBED, "remote_sdp": offer},
        )
        await move_in(tx, replace(call, legs=(*others.legs, again)))
    return await wait_for_answer(owner, again, secret)


async def add_web_candidates(context: Context, leg_id: str, secret: str, fragments: tuple[str, ...]) -> None:
    """More addresses of the caller, trickled. Raises LegNotFound, DescriptionInvalid."""
    check_fragments(fragments)
    leg = await _find(context, leg_id, secret)
    assert leg.conversation_id is not None
    async with context.acting_as(Actor(leg.organization_id, "system")).transaction() as tx:
        await lock_call_in(tx, leg.conversation_id)
        current = await store.lock_leg(tx, leg.id)
        if current is None or not current.live:
            raise LegNotFound(leg_id)
        known = current.remote_candidates
        new = tuple(each for each in fragments if each not in known)[: max(0, MOST_CANDIDATES - len(known))]
        if new:
            await change_leg_in(tx, current, remote_candidates=(*known, *new))


async def restart_web_call(context: Context, leg_id: str, secret: str, fragment: str) -> str:
    """Begin a caller's ICE anew (their network changed): our fragment. Raises LegNotFound, DescriptionInvalid, Unavailable."""
    check_fragments((fragment,))
    leg = await _find(context, leg_id, secret)
    assert leg.conversation_id is not None
    owner = context.acting_as(Actor(leg.organization_id, "system"))
    async with owner.transaction() as tx:
        await lock_call_in(tx, leg.conversation_id)
        current = await store.lock_leg(tx, leg.id)
        if current is None or not current.live:
            raise LegNotFound(leg_id)
        asked = await change_leg_in(tx, current, ice_offer=fragment, ice_answer=None)
    restarted = await _wait(owner, asked, lambda now: now.generation == asked.generation, lambda now: now.ice_answer)
    return restarted.ice_answer or ""


async def _find(context: Context, leg_id: str, secret: str) -> Leg:
    """A web call by what its resource's address says. Raises LegNotFound, also for a wrong secret."""
    async with context.reader() as reader:
        leg = await store.find_web_leg(reader, leg_id, digest_of(secret))
    # Whoever brings a token of another organization has the secret from somewhere it does not belong.
    if leg is None or context.organization_id not in {"", leg.organization_id}:
        raise LegNotFound(leg_id)
    return leg


def digest_of(secret: str) -> bytes:
    """How a secret is stored."""
    return hashlib.sha256(secret.encode()).digest()
