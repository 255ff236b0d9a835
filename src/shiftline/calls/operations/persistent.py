"""Connections that a station keeps between calls: proposed once, accepted in silence, used by one call after the other."""

from collections.abc import Collection

from shiftline.calls import store
from shiftline.calls.model import PROPOSAL_LIFETIME, Leg, LegKind, LegState
from shiftline.calls.operations.legs import insert_leg_in, tell
from shiftline.foundation.context import Context
from shiftline.foundation.ids import new_id


async def offer_persistent_where_wanted(context: Context, person_ids: Collection[str]) -> None:
    """``offer_persistent`` for those whose station wants one, of many: most do not, and nothing is locked for them."""
    async with context.reader() as reader:
        wanting = await store.people_wanting_persistent(
            reader, context.organization_id, person_ids, context.clock.real_now()
        )
    for person_id in wanting:
        await offer_persistent(context, person_id)


async def offer_persistent(context: Context, person_id: str) -> bool:
    """Propose a persistent connection where the person's station, or the tenant, wants one and it has none; whether it was."""
    async with context.transaction() as tx:
        await store.lock_person(tx, person_id)
        if not await store.people_wanting_persistent(
            tx, context.organization_id, [person_id], context.clock.real_now()
        ):
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
