"""Connections that a station keeps between calls: proposed once, accepted in silence, used by one call after the other."""

from shiftline.calls import store
from shiftline.calls.model import PROPOSAL_LIFETIME, Leg, LegKind, LegState
from shiftline.calls.operations.legs import insert_leg_in, tell
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.ids import new_id


async def offer_persistent(context: Context, person_id: str) -> bool:
    """Propose a persistent connection where the person's station, or the tenant, wants one and it has none; whether it was."""
    async with context.reader() as reader:
        if not await _wants_one(reader, context, person_id):
            return False  # as most phones, of which thousands may come within a minute: nothing is locked for them
    async with context.transaction() as tx:
        await store.lock_person(tx, person_id)
        if not await _wants_one(tx, context, person_id):
            return False
        legs = await store.legs_of_person(tx, context.organization_id, person_id)
        if any(leg.persistent for leg in legs):
            return False
        leg = Leg(
            organization_id=context.organization_id,
            id=new_id(),
            kind=LegKind.SOFTPHONE,
            session_id=new_id(),
            state=LegState.PROPOSED,
            made_at=context.now(),
            person_id=person_id,
            # The vendor's client wants a conversation's id with every session; this one has none yet.
            session_conversation_id=new_id(),
            persistent=True,
            auto_answer=True,
            due_at=context.clock.real_now() + PROPOSAL_LIFETIME,
        )
        await insert_leg_in(tx, leg)
        tell(tx, leg, "propose")
        return True


async def _wants_one(reader: Reader, context: Context, person_id: str) -> bool:
    phone = await store.find_phone(reader, context.organization_id, person_id, context.clock.real_now())
    return phone.station_id is not None and phone.persistent and phone.reachable
