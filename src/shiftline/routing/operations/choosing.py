"""Who gets the next interaction. Called whenever something happened, and each second for what time alone brings about.

A router chooses in one organization at a time, under a lock; it reads first whom something could be offered (few, when much
waits), and of everybody else only the members of queues in which an offer is made. So a choice costs by what can be done now, not
by how many wait or work.

Order of locks, here and in ``offers`` and ``interactions``: a conversation (by the caller), its interaction, an agent. What
another holds just now is left for the next time: a router waits for nobody but another router.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from shiftline.foundation.database import Transaction
from shiftline.foundation.ids import new_id
from shiftline.routing.events import OfferChanged
from shiftline.routing.model.choices import Choice, Shortage, Snapshot, Waiting
from shiftline.routing.model.interactions import Offer, OfferState
from shiftline.routing.model.queues import QueueSettings
from shiftline.routing.rules.choices import REFUSAL_PAUSE, Explanation, choose_offers, group_of
from shiftline.routing.rules.eligibility import SOFTPHONE_PATTERNS, asked_skills
from shiftline.routing.rules.lines import name_need, order
from shiftline.routing.store import offers as rows
from shiftline.routing.store.offers import Demand, Drawn, Line

OFFERS_AT_ONCE = 50
"""Offers in one transaction, so that what is held is held for tenths of a second at most."""

LOOK_PERIOD = timedelta(seconds=5)
"""How often it is written why nobody is free for what waits, by the application's clock, ..."""

LOOK_PAUSE = timedelta(seconds=0.2)
"""... a queue at a time with a pause between, for somebody may become free meanwhile, ..."""

NEEDS_AT_ONCE = 20
"""... and so many different needs of those first in line."""

NEVER = datetime.min.replace(tzinfo=UTC)


async def make_offers_in(tx: Transaction, *, limit: int = OFFERS_AT_ONCE) -> list[Offer]:
    """Offer what waits to who is free, in a transaction of its own: the offers made, at most ``limit``.

    Call it again until it makes none. When there are none to make, it writes why nobody is free for some of what waits.
    """
    await rows.lock_routing(tx)
    demand = await rows.read_free(tx, SOFTPHONE_PATTERNS, tx.context.now() - REFUSAL_PAUSE)
    if demand is None:
        return []
    made = await _offer(tx, demand, limit)
    if not made and (demand.looked_at or NEVER) <= tx.context.now() - LOOK_PAUSE:
        await _look(tx, demand)
    return made


async def _offer(tx: Transaction, demand: Demand, limit: int) -> list[Offer]:
    snapshot = _snapshot(demand, demand.line)
    choices = choose_offers(snapshot, tx.context.now(), limit)
    if not choices:
        return []
    explanation = await _read_explanation(tx, snapshot, [choice.interaction for choice in choices])
    people = {choice.agent.person_id for choice in choices}
    drawn = [
        Drawn(
            offer=_draw_up(tx, choice, snapshot.queues),
            evidence=explanation.explain(choice.interaction, choice.agent, people),
            status=choice.agent.status,
        )
        for choice in choices
    ]
    ids = await rows.insert_offers(tx, drawn)
    made = [each.offer for each in drawn if each.offer.id in ids]
    for offer in made:
        record_offer(tx, offer)
    return made


def _snapshot(demand: Demand, line: Line) -> Snapshot:
    return Snapshot(line.queues, line.waiting, demand.free, line.refusals, demand.utilization)


def _draw_up(tx: Transaction, choice: Choice, queues: Mapping[str, QueueSettings]) -> Offer:
    interaction, agent = choice.interaction, choice.agent
    media = queues[interaction.queue_id].media[interaction.need.medium]
    return Offer(
        id=new_id(),
        interaction_id=interaction.id,
        conversation_id=interaction.conversation_id,
        queue_id=interaction.queue_id,
        medium=interaction.need.medium,
        person_id=agent.person_id,
        state=OfferState.ALERTING,
        auto_answer=media.enable_auto_answer or agent.auto_answer,
        offered_at=tx.context.now(),
        expires_at=tx.context.clock.real_now() + timedelta(seconds=media.alerting_timeout_seconds),
    )


async def _read_explanation(tx: Transaction, snapshot: Snapshot, interactions: Collection[Waiting]) -> Explanation:
    queue_ids = {each.queue_id for each in interactions}
    skill_ids = {skill_id for each in interactions for skill_id in asked_skills(each.need)}
    members = await rows.read_members(tx, queue_ids, skill_ids, SOFTPHONE_PATTERNS)
    return Explanation(replace(snapshot, agents=members), tx.context.now())


async def _look(tx: Transaction, demand: Demand) -> None:
    """Write why nobody is free for what waits in one queue: once for all that ask for the same at one ring."""
    now = tx.context.now()
    queue_id = await rows.find_overlooked(tx, demand.queue_ids, now - LOOK_PERIOD)
    if queue_id is None:
        return
    snapshot = _snapshot(demand, await rows.read_line(tx, [queue_id], now - REFUSAL_PAUSE, 1))
    firsts: dict[tuple[str, int], Waiting] = {}
    for each in order(snapshot.waiting, snapshot.queues):
        firsts.setdefault((name_need(each.need), group_of(each, snapshot, now)[2]), each)
    looked = dict(islice(firsts.items(), NEEDS_AT_ONCE))
    explanation = await _read_explanation(tx, snapshot, looked.values())
    shortages = [
        Shortage(
            queue_id=queue_id,
            need=need,
            ring=ring,
            oldest=first.oldest or first.enqueued_at,
            newest=first.newest or first.enqueued_at,
            evidence=explanation.explain(first, None, ()),
        )
        for (need, ring), first in looked.items()
    ]
    await rows.put_shortages(tx, shortages)


def record_offer(tx: Transaction, offer: Offer) -> None:
    """Note what happened to an offer."""
    tx.record(
        OfferChanged(
            organization_id=tx.context.organization_id,
            offer_id=offer.id,
            interaction_id=offer.interaction_id,
            conversation_id=offer.conversation_id,
            queue_id=offer.queue_id,
            person_id=offer.person_id,
            state=offer.state,
            reason=offer.reason,
        )
    )
