"""Connections that a station keeps between calls: proposed once, accepted in silence, used by one call after the other."""

from shiftline.calls import store
from shiftline.calls.model import PROPOSAL_LIFETIME, Leg, LegKind, LegState
from shiftline.calls.operations.legs import insert_leg_in, tell
from shiftline.foundation.context import Context
from shiftline.foundation.ids import new_id
from shiftline.identity.operations.organizations import get_tenant_settings


async def offer_persistent(context: Context, person_id: str) -> bool:
    """Propose a persistent connection where the person's station, or the tenant, wants one and it has none; whether it was."""
    tenant = await get_tenant_settings(context)
    async with context.transaction() as tx:
        await store.lock_person(tx, person_id)
        phone = await store.find_phone(tx, context.organization_id, person_id, context.clock.real_now())
        wanted = phone.station_id is not None and (phone.persistent or tenant.persistent_connection_required)
        if not wanted or not phone.reachable:
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
