"""Making, changing and ending legs, with the news that their nodes and softphones need. In the caller's transaction."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from shiftline.calls import rules, store
from shiftline.calls.errors import NoMediaProcess
from shiftline.calls.events import LegChanged, SoftphoneTold
from shiftline.calls.model import (
    PROPOSAL_LIFETIME,
    RECALL_LIFETIME,
    RESUME_LIFETIME,
    SETUP_LIFETIME,
    Call,
    Leg,
    LegKind,
    LegState,
)
from shiftline.conversations.model.conversations import Participant
from shiftline.foundation.database import Transaction
from shiftline.foundation.ids import new_id

STARTED = frozenset({LegState.OFFERED, LegState.ANSWERED, LegState.CONNECTED, LegState.LOST})

UNDESCRIBED: Mapping[str, Any] = MappingProxyType(
    {"local_sdp": None, "remote_sdp": None, "remote_candidates": (), "ice_offer": None, "ice_answer": None}
)
"""A leg of which both sides' descriptions are still to come: nothing of an earlier generation counts."""


async def choose_node_in(tx: Transaction, call: Call | None) -> str:
    """The node for one more leg of a call. Raises NoMediaProcess when none lives."""
    node = rules.choose_node(await store.live_nodes(tx, tx.context.organization_id, tx.context.clock.real_now()), call)
    if node is None:
        raise NoMediaProcess
    return node.id


async def propose_leg_in(
    tx: Transaction,
    call: Call,
    participant: Participant,
    *,
    offer_id: str | None = None,
    auto_answer: bool = False,
    lifetime: timedelta = PROPOSAL_LIFETIME,
    wish: Mapping[str, Any] | None = None,
) -> Leg:
    """Ring a person's softphones for a participant; whichever accepts first gets the leg."""
    assert participant.person_id is not None
    leg = Leg(
        organization_id=tx.context.organization_id,
        id=new_id(),
        kind=LegKind.SOFTPHONE,
        session_id=new_id(),
        state=LegState.PROPOSED,
        made_at=tx.context.now(),
        conversation_id=call.conversation.id,
        participant_id=participant.id,
        person_id=participant.person_id,
        offer_id=offer_id,
        session_conversation_id=call.conversation.id,
        auto_answer=auto_answer,
        wish=wish or {},
        due_at=tx.context.clock.real_now() + lifetime,
    )
    await insert_leg_in(tx, leg)
    tell(tx, leg, "propose")
    return leg


async def insert_leg_in(tx: Transaction, leg: Leg) -> None:
    """Write a new leg and tell of it."""
    await store.insert_leg(tx, leg)
    _record(tx, leg)


async def change_leg_in(tx: Transaction, leg: Leg, **changes: Any) -> Leg:
    """Change a leg and tell its node. Raises NotPossibleNow for a state it cannot go to."""
    rules.check_step(leg, changes.get("state", leg.state))
    changed = replace(leg, **changes, version=leg.version + 1)
    await store.update_leg(tx, changed)
    _record(tx, changed)
    return changed


async def end_leg_in(tx: Transaction, leg: Leg, reason: str) -> Leg:
    """End a leg: its softphone stops ringing, or closes its session."""
    if not leg.live:
        return leg
    if leg.kind is LegKind.SOFTPHONE:
        begun = leg.state in STARTED
        tell(tx, leg, "terminate" if begun else "retract", reason="success" if begun else reason)
        if leg.former_session_id is not None and leg.state in {LegState.REQUESTED, LegState.OFFERED}:
            # It was to be made anew: the softphone still has the session from before.
            tell(tx, replace(leg, session_id=leg.former_session_id), "terminate", reason="success")
    return await change_leg_in(tx, leg, state=LegState.ENDED, ended_at=tx.context.now(), end_reason=reason, due_at=None)


async def make_anew_in(tx: Transaction, leg: Leg, node_id: str) -> Leg:
    """Make a leg anew on another node: a softphone is offered it again in silence, a web caller's page makes its offer; one
    that waits for our answer gets it from there.
    """
    if not rules.can_resume(leg):
        return await lose_leg_in(tx, replace(leg, node_id=node_id, generation=leg.generation + 1), RESUME_LIFETIME)
    place: dict[str, Any] = {
        "node_id": node_id,
        "generation": leg.generation + 1,
        "due_at": tx.context.clock.real_now() + SETUP_LIFETIME,
    }
    if leg.kind is LegKind.WEB:
        return await change_leg_in(tx, leg, **place)
    return await change_leg_in(
        tx,
        leg,
        **place,
        state=LegState.REQUESTED,
        session_id=new_id(),
        former_session_id=leg.session_id,
        reinvite=True,
        **UNDESCRIBED,
    )


async def recall_leg_in(tx: Transaction, leg: Leg) -> Leg:
    """Ring somebody's softphones who is in the call and whose own is gone: whichever is there takes it at once."""
    for session_id in {leg.session_id, leg.former_session_id} - {None}:
        tell(tx, replace(leg, session_id=session_id), "terminate", reason="success")
    recalled = await change_leg_in(
        tx,
        leg,
        state=LegState.PROPOSED,
        generation=leg.generation + 1,
        session_id=new_id(),
        session_conversation_id=leg.conversation_id,
        former_session_id=None,
        jid=None,
        node_id=None,
        reinvite=False,
        auto_answer=True,
        due_at=tx.context.clock.real_now() + RECALL_LIFETIME,
        **UNDESCRIBED,
    )
    tell(tx, recalled, "propose")
    return recalled


async def lose_leg_in(tx: Transaction, leg: Leg, lifetime: timedelta) -> Leg:
    """A connection is gone and its call is not: for so long it is waited for a web caller's offer, or a softphone's last word."""
    return await change_leg_in(
        tx,
        leg,
        state=LegState.LOST,
        due_at=tx.context.clock.real_now() + lifetime,
        **UNDESCRIBED,
    )


def tell(tx: Transaction, leg: Leg, kind: Any, *, reason: str | None = None) -> None:
    """Have a person's softphones told: all of them of a proposal, else the one that accepted."""
    assert leg.person_id is not None
    conversation_id = leg.session_conversation_id or leg.conversation_id
    assert conversation_id is not None
    tx.record(
        SoftphoneTold(
            organization_id=leg.organization_id,
            person_id=leg.person_id,
            leg_id=leg.id,
            session_id=leg.session_id,
            conversation_id=conversation_id,
            kind=kind,
            jid=leg.jid,
            auto_answer=leg.auto_answer,
            persistent=leg.persistent,
            reinvite=leg.reinvite,
            reason=reason,
        )
    )


def _record(tx: Transaction, leg: Leg) -> None:
    tx.record(
        LegChanged(
            organization_id=leg.organization_id,
            leg_id=leg.id,
            conversation_id=leg.conversation_id,
            node_id=leg.node_id,
            person_id=leg.person_id,
            state=leg.state,
            generation=leg.generation,
            reason=leg.end_reason,
        )
    )
