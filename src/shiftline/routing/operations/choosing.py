"""Who gets the next interaction. Called whenever something happened, and each second for what time alone brings about.

A router chooses in one organization at a time, under a lock; it reads first whom something could be offered (few, when much
waits), and of everybody else only the members of queues in which an offer is made. So a choice costs by what can be done now, not
by how many wait or work.

Order of locks, here and in ``offers`` and ``interactions``: a conversation (by the caller), its interaction, an agent. What
another holds just now is left for the next time: a router waits for nobody but another router.
"""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shiftline.foundation.database import Transaction
from shiftline.foundation.ids import new_id
from shiftline.routing.events import OfferChanged
from shiftline.routing.model.choices import Agent, Choice, Shortage, Snapshot, Waiting
from shiftline.routing.model.interactions import Offer, OfferState
from shiftline.routing.model.queues import Medium, QueueSettings
from shiftline.routing.model.utilization import MediaUtilization
from shiftline.routing.rules.choices import REFUSAL_PAUSE, Explanation, choose_offers, group_of
from shiftline.routing.rules.eligibility import SOFTPHONE_PATTERNS, asked_skills
from shiftline.routing.rules.lines import name_need, order
from shiftline.routing.store import offers as rows
from shiftline.routing.store.offers import Demand

OFFERS_AT_ONCE = 50
"""Offers in one transaction, so that what is held is held for tenths of a second at most."""

LOOK_PERIOD = timedelta(seconds=5)
"""How often it is written why nobody is free for what waits, by the application's clock."""

LOOK_PAUSE = timedelta(seconds=1)
LOOKS_AT_ONCE = 10
"""So many different needs are looked at in one transaction, and then none for a while: an agent may become free meanwhile."""


NEVER = datetime.min.replace(tzinfo=UTC)


async def make_offers_in(tx: Transaction, *, limit: int = OFFERS_AT_ONCE) -> list[Offer]:
    """Offer what waits to who is free, in a transaction of its own: the offers made, at most ``limit``.

    Call it again until it makes none. When there are none to make, it writes why nobody is free for some of what waits.
    """
    await rows.lock_routing(tx)
    demand = await rows.find_demand(tx)
    if demand is None:
        return []
    made = await _offer(tx, demand, limit)
    if not made and not await rows.is_looked_at(tx, tx.context.now() - LOOK_PAUSE):
        await _look(tx, demand)
    return made


async def _offer(tx: Transaction, demand: Demand, limit: int) -> list[Offer]:
    shareable = _find_shareable(demand.media, demand.utilization)
    free = await rows.read_free(tx, demand.queue_ids, shareable, SOFTPHONE_PATTERNS)
    if not free:
        return []
    snapshot = await _read_snapshot(tx, {queue_id for agent in free for queue_id in agent.places}, demand, free)
    chosen = choose_offers(snapshot, tx.context.now(), limit)
    taken = await rows.take(tx, chosen) if chosen else set[str]()
    choices = [choice for choice in chosen if choice.interaction.id in taken]
    if not choices:
        return []
    made = [_draw_up(tx, choice, snapshot.queues) for choice in choices]
    explanation = await _read_explanation(tx, snapshot, [choice.interaction for choice in choices])
    people = {choice.agent.person_id for choice in choices}
    evidence = [explanation.explain(choice.interaction, choice.agent, people) for choice in choices]
    await rows.insert_offers(tx, list(zip(made, evidence, strict=True)))
    for offer in made:
        record_offer(tx, offer)
    return made


def _find_shareable(waiting: AbstractSet[Medium], utilization: Mapping[Medium, MediaUtilization]) -> list[Medium]:
    """The media beside which an agent can be given something of what waits."""
    return [
        held
        for held, limit in utilization.items()
        if (held in waiting and limit.maximum_capacity > 1) or not waiting.isdisjoint(limit.interruptable_media_types)
    ]


async def _read_snapshot(
    tx: Transaction, queue_ids: Collection[str], demand: Demand, agents: Sequence[Agent] = ()
) -> Snapshot:
    line = await rows.read_line(tx, queue_ids, tx.context.now() - REFUSAL_PAUSE)
    return Snapshot(line.queues, line.waiting, agents, line.refusals, demand.utilization)


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
    """Write why nobody is free for some of what waits: once for all that ask for the same in one queue at one ring.

    First those of which it was never written, then those of which it is longest ago.
    """
    now = tx.context.now()
    snapshot = await _read_snapshot(tx, demand.queue_ids, demand)
    groups: dict[tuple[str, str, int], list[Waiting]] = {}
    for each in order(snapshot.waiting, snapshot.queues):
        _, _, ring = group_of(each, snapshot, now)
        groups.setdefault((each.queue_id, name_need(each.need), ring), []).append(each)
    seen, never = await rows.find_shortages(tx), (NEVER, NEVER)
    due: list[tuple[datetime, tuple[str, str, int]]] = []
    for key, alike in groups.items():
        looked_at, newest = seen.get(key, never)
        if looked_at < now - LOOK_PERIOD or newest < max(each.enqueued_at for each in alike):
            due.append((looked_at, key))
    looked = {key: groups[key] for _, key in sorted(due)[:LOOKS_AT_ONCE]}
    if not looked:
        return
    explanation = await _read_explanation(tx, snapshot, [alike[0] for alike in looked.values()])
    shortages = [
        Shortage(
            queue_id=queue_id,
            need=need,
            ring=ring,
            oldest=min(each.enqueued_at for each in alike),
            newest=max(each.enqueued_at for each in alike),
            evidence=explanation.explain(alike[0], None, ()),
        )
        for (queue_id, need, ring), alike in looked.items()
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
