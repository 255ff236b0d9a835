"""What becomes of an offer: it is accepted, declined, missed, or the phone does not come up. All in the caller's transaction.

An agent who accepts is interacting; one who misses is not responding until they say that they are there again; one who declines
stays idle and is not offered the same again for a while. Except when it is accepted, the interaction waits again at its place.
Of two answers to one offer the first one counts.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.repairs import record_repair
from shiftline.presence.model import RoutingStatus
from shiftline.presence.operations.leases import find_live_leases
from shiftline.presence.operations.presences import find_routing_statuses, move_routing_status_in
from shiftline.presence.rules import Cause
from shiftline.routing.errors import OfferNotFound, OfferSettled
from shiftline.routing.events import OfferRepaired
from shiftline.routing.model.interactions import Interaction, InteractionState, Offer, OfferState
from shiftline.routing.model.queues import Medium
from shiftline.routing.operations.choosing import record_offer
from shiftline.routing.store import interactions
from shiftline.routing.store import offers as rows

EXPIRED_AT_ONCE = 200

OVERDUE = timedelta(seconds=10)
"""So long after its end an offer is missed by a router that lives: later, there was none."""


async def find_offer(reader: Reader, organization_id: str, offer_id: str) -> Offer | None:
    """An offer by its id."""
    return await rows.find_offer(reader, organization_id, offer_id)


async def find_expired_offers(
    reader: Reader, real_now: datetime, limit: int = EXPIRED_AT_ONCE, media: Collection[Medium] = tuple(Medium)
) -> list[tuple[str, str]]:
    """Offers that nobody answered in time (real time), of every organization and of some media, as (organization, offer): miss them."""
    return await rows.expired_offers(reader, real_now, limit, media)


async def accept_offer_in(tx: Transaction, offer_id: str) -> Offer:
    """The agent takes the interaction and is interacting; an accepted offer stays so. Raises OfferNotFound, OfferSettled.

    An offer whose time is over can be accepted until somebody misses it.
    """
    offer, interaction = await _lock(tx, offer_id)
    if offer.state is OfferState.ACCEPTED:
        return offer
    accepted = await _settle(tx, offer, OfferState.ACCEPTED, None)
    await interactions.assign(tx, interaction.id, offer.person_id)
    await move_routing_status_in(tx, offer.person_id, Cause.INTERACTION_BEGAN)
    return accepted


async def decline_offer_in(tx: Transaction, offer_id: str) -> Offer:
    """The agent does not want it and stays idle; a declined offer stays so. Raises OfferNotFound, OfferSettled."""
    return await _give_back(tx, offer_id, OfferState.DECLINED, None)


async def miss_offer_in(tx: Transaction, offer_id: str) -> Offer:
    """Nobody answered: the agent is not responding. A missed offer stays so. Raises OfferNotFound, OfferSettled."""
    before = await rows.find_offer(tx, tx.context.organization_id, offer_id)
    missed = await _give_back(tx, offer_id, OfferState.MISSED, None)
    if before is not None and before.state is OfferState.ALERTING:
        await _tell_unanswerable(tx, missed)
    return missed


async def _tell_unanswerable(tx: Transaction, offer: Offer) -> None:
    """Of an offer that nobody could have answered, or that nobody took back in time, there is a line of its own."""
    real_now, organization_id = tx.context.clock.real_now(), tx.context.organization_id
    if real_now - offer.expires_at > OVERDUE:
        late = round((real_now - offer.expires_at).total_seconds())
        wrong = f"The offer alerted for {late} s beyond its time: no router was there to take it back."
    elif not await find_live_leases(tx, organization_id, [offer.person_id], real_now):
        wrong = "The offer alerted a user whose last session had ended: nobody could answer it."
    else:
        return
    record_repair(
        tx,
        OfferRepaired(
            organization_id=organization_id,
            person_id=offer.person_id,
            fault="offer.unanswered",
            since=offer.offered_at,
            wrong=wrong,
            done="The interaction waits again at its place in the queue, and the user counts as not responding.",
            offer_id=offer.id,
            conversation_id=offer.conversation_id,
            queue_id=offer.queue_id,
        ),
    )


async def fail_offer_in(tx: Transaction, offer_id: str, reason: str) -> Offer:
    """The agent's phone did not come up, before or after they accepted: they are not responding.

    A failed offer stays so. Raises OfferNotFound, OfferSettled.
    """
    offer, interaction = await _lock(tx, offer_id)
    if offer.state is not OfferState.ACCEPTED or interaction.state is not InteractionState.ASSIGNED:
        return await _give_back(tx, offer_id, OfferState.FAILED, reason)
    failed = await _write(tx, offer, OfferState.FAILED, reason)
    if await interactions.lock_queued(tx, interaction.conversation_id) is None:
        await interactions.put_back(tx, interaction.id)
    else:  # it was sent to another queue meanwhile, and waits there
        await interactions.end_interaction(tx, interaction.id, reason)
    await release_agent_in(tx, offer.person_id)
    await move_routing_status_in(tx, offer.person_id, Cause.OFFER_MISSED)
    return failed


async def release_agent_in(tx: Transaction, person_id: str) -> RoutingStatus:
    """An agent who handles no interaction any more is idle again; the status after it."""
    if await interactions.count_assigned(tx, person_id):
        return (await find_routing_statuses(tx, tx.context.organization_id, [person_id]))[person_id]
    return await move_routing_status_in(tx, person_id, Cause.INTERACTION_ENDED)


async def withdraw_offer_in(tx: Transaction, interaction: Interaction, reason: str) -> Offer | None:
    """Take back the offer by which an interaction, held by the caller, alerts somebody; None: it alerts nobody."""
    offer = await rows.find_alerting(tx, interaction.id)
    return None if offer is None else await _settle(tx, offer, OfferState.WITHDRAWN, reason)


async def _give_back(tx: Transaction, offer_id: str, state: OfferState, reason: str | None) -> Offer:
    offer, interaction = await _lock(tx, offer_id)
    if offer.state is state:
        return offer
    settled = await _settle(tx, offer, state, reason)
    await interactions.put_back(tx, interaction.id)
    if state is not OfferState.DECLINED:
        await move_routing_status_in(tx, offer.person_id, Cause.OFFER_MISSED)
    return settled


async def _lock(tx: Transaction, offer_id: str) -> tuple[Offer, Interaction]:
    interaction = await interactions.lock_offered(tx, offer_id)
    offer = await rows.find_offer(tx, tx.context.organization_id, offer_id)
    if offer is None or interaction is None:
        raise OfferNotFound(offer_id)
    return offer, interaction


async def _settle(tx: Transaction, offer: Offer, state: OfferState, reason: str | None) -> Offer:
    """Write how an alerting offer ended. Raises OfferSettled for one that ended already."""
    if offer.state is not OfferState.ALERTING:
        raise OfferSettled(offer.id, offer.state)
    return await _write(tx, offer, state, reason)


async def _write(tx: Transaction, offer: Offer, state: OfferState, reason: str | None) -> Offer:
    settled = replace(offer, state=state, settled_at=tx.context.now(), reason=reason)
    await rows.settle_offer(tx, offer.id, state, reason)
    record_offer(tx, settled)
    return settled
