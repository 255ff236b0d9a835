"""What a person's softphone says of its sessions. Signalling calls these; each may be repeated without harm."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from shiftline.calls import store
from shiftline.calls.errors import LegNotFound
from shiftline.calls.events import SoftphoneTold
from shiftline.calls.model import MOST_CANDIDATES, SETUP_LIFETIME, Call, Leg, LegState
from shiftline.calls.operations.controls import leave_in
from shiftline.calls.operations.descriptions import check_answer, check_fragments
from shiftline.calls.operations.legs import change_leg_in, choose_node_in, end_leg_in
from shiftline.calls.operations.moving import lock_call_in
from shiftline.conversations.model.conversations import DisconnectType
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.routing.operations.offers import accept_offer_in


async def accept_proposal(context: Context, person_id: str, jid: str, session_id: str) -> None:
    """A softphone takes a proposal (``proceed``): the first one gets the leg, the offer of routing with it.

    Raises LegNotFound; another one's later acceptance changes nothing.
    """
    async with context.transaction() as tx:
        call, leg = await _lock(tx, person_id, session_id)
        if leg.state is not LegState.PROPOSED:
            return
        if leg.offer_id is not None:
            await accept_offer_in(tx, leg.offer_id)
        await change_leg_in(
            tx,
            leg,
            state=LegState.REQUESTED,
            jid=jid,
            node_id=await choose_node_in(tx, call),
            due_at=tx.context.clock.real_now() + SETUP_LIFETIME,
        )


async def take_answer(context: Context, person_id: str, session_id: str, sdp: str) -> None:
    """A softphone's answer to our offer. Raises LegNotFound, DescriptionInvalid."""
    check_answer(sdp)
    async with context.transaction() as tx:
        _, leg = await _lock(tx, person_id, session_id)
        if leg.state is LegState.OFFERED:
            await change_leg_in(tx, leg, state=LegState.ANSWERED, remote_sdp=sdp)


async def add_candidates(context: Context, person_id: str, session_id: str, fragments: tuple[str, ...]) -> None:
    """Addresses at which a softphone may be reached; they may come before the answer. Those beyond a bound are dropped.

    Raises LegNotFound, DescriptionInvalid.
    """
    check_fragments(fragments)
    async with context.transaction() as tx:
        _, leg = await _lock(tx, person_id, session_id)
        room = MOST_CANDIDATES - len(leg.remote_candidates)
        new = tuple(each for each in fragments if each not in leg.remote_candidates)[: max(0, room)]
        if new:
            await change_leg_in(tx, leg, remote_candidates=(*leg.remote_candidates, *new))


async def note_active(context: Context, person_id: str, session_id: str) -> None:
    """A softphone says that its media flows. The node knows better and said so already. Raises LegNotFound."""
    async with context.reader() as reader:
        await find_session(reader, context.organization_id, person_id, session_id)


async def hang_up(context: Context, person_id: str, session_id: str, reason: str) -> None:
    """A softphone ended its session (``terminate``): its part of the call is over. Raises LegNotFound."""
    async with context.transaction() as tx:
        call, leg = await _lock(tx, person_id, session_id)
        participant = call.participant_of(leg) if call else None
        if call is not None and participant is not None and participant.live:
            await leave_in(tx, call, participant, DisconnectType.CLIENT)
        remaining = await store.lock_leg(tx, leg.id)
        if remaining is not None:
            await end_leg_in(tx, remaining, reason)


async def list_pending(
    reader: Reader, organization_id: str, person_ids: Sequence[str], since: datetime
) -> list[SoftphoneTold]:
    """What softphones of these people that have just connected must be told.

    What rings, offers not answered yet, and what ended after ``since``: whoever was away did not hear of it.
    """
    return [
        SoftphoneTold(
            organization_id=organization_id,
            person_id=leg.person_id,
            leg_id=leg.id,
            session_id=leg.session_id,
            conversation_id=leg.session_conversation_id or leg.conversation_id or "",
            kind=_pending_kind(leg),
            jid=leg.jid,
            auto_answer=leg.auto_answer,
            persistent=leg.persistent,
            reinvite=leg.reinvite,
        )
        for leg in await store.pending_legs(reader, organization_id, person_ids, since)
        if leg.person_id is not None
    ]


def _pending_kind(leg: Leg) -> Literal["propose", "offer", "retract", "terminate"]:
    if leg.live:
        return "propose" if leg.state is LegState.PROPOSED else "offer"
    return "retract" if leg.local_sdp is None else "terminate"


async def find_session(reader: Reader, organization_id: str, person_id: str, session_id: str) -> Leg:
    """A person's live session. Raises LegNotFound."""
    leg = await store.find_session(reader, organization_id, person_id, session_id)
    if leg is None or not leg.live:
        raise LegNotFound(session_id)
    return leg


async def _lock(tx: Transaction, person_id: str, session_id: str) -> tuple[Call | None, Leg]:
    """A session with its call, both held: the call first. Raises LegNotFound."""
    leg = await find_session(tx, tx.context.organization_id, person_id, session_id)
    call = await lock_call_in(tx, leg.conversation_id) if leg.conversation_id else None
    held = await store.lock_leg(tx, leg.id)
    if held is None or not held.live or held.session_id != session_id:
        raise LegNotFound(session_id)
    return call, held
