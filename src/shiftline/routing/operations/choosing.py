"""Who gets the next interaction. Called whenever something happened, and each second for what time alone brings about.

A router chooses in one organization at a time, under a lock; it reads first whom something could be offered (few, when much
waits), and of everybody else only the members of queues in which an offer is made. So a choice costs by what can be done now, not
by how many wait or work.

Order of locks, here and in ``offers`` and ``interactions``: a conversation (by the caller), its interaction, an agent. What
another holds just now is left for the next time: a router waits for nobody but another router.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta

from shiftline.foundation.database import Transaction
from shiftline.foundation.ids import new_id
from shiftline.routing.events import OfferChanged
from shiftline.routing.model.choices import Choice, Evidence, Shortage, Snapshot, Waiting
from shiftline.routing.model.interactions import Offer, OfferState
from shiftline.routing.model.queues import Medium, QueueSettings
from shiftline.routing.model.utilization import MediaUtilization
from shiftline.routing.operations.settings import find_settings
from shiftline.routing.rules.choices import DECLINE_PAUSE, MISS_PAUSE, Explanation, choose_offers, group_of
from shiftline.routing.rules.eligibility import SOFTPHONE_PATTERNS, asked_skills
from shiftline.routing.rules.lines import name_need, order
from shiftline.routing.store import offers as rows

OFFERS_AT_ONCE = 50
"""Offers in one transaction, so that what is held is held for tenths of a second at most."""

LOOK_PERIOD = timedelta(seconds=2)
"""How often it is written why nobody is free for what waits, by the application's clock."""

GROUPS_AT_ONCE = 200
"""Different needs of which it is written why nobody is free for them, those first in line."""


async def make_offers_in(tx: Transaction, *, limit: int = OFFERS_AT_ONCE) -> list[Offer]:
    """Offer what waits to who is free, in a transaction of its own: the offers made, at most ``limit``.

    Call it again until it makes none. Then it has also written why nobody is free for the rest.
    """
    await rows.lock_routing(tx)
    demand = await rows.find_demand(tx)
    if not demand:
        return []
    utilization = (await find_settings(tx, tx.context.organization_id)).utilization
    made = await _offer(tx, demand, utilization, limit)
    if not made and not await rows.is_looked_at(tx, tx.context.now() - LOOK_PERIOD):
        await _look(tx, demand, utilization)
    return made


async def _offer(
    tx: Transaction,
    demand: Mapping[str, Sequence[Medium]],
    utilization: Mapping[Medium, MediaUtilization],
    limit: int,
) -> list[Offer]:
    shareable = _find_shareable({medium for media in demand.values() for medium in media}, utilization)
    free = await rows.read_free(tx, demand, shareable, SOFTPHONE_PATTERNS)
    if not free:
        return []
    snapshot = await _read_snapshot(tx, {queue_id for agent in free for queue_id in agent.places}, utilization)
    snapshot = Snapshot(snapshot.queues, snapshot.waiting, free, snapshot.refusals, utilization)
    choices = await _hold(tx, choose_offers(snapshot, tx.context.now(), limit))
    if not choices:
        return []
    made = [_draw_up(tx, choice, snapshot.queues) for choice in choices]
    evidence = await _explain(tx, choices, snapshot)
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
    tx: Transaction, queue_ids: Collection[str], utilization: Mapping[Medium, MediaUtilization]
) -> Snapshot:
    """What waits in those of the queues that are in use; without agents."""
    now = tx.context.now()
    queues = await rows.find_queue_settings(tx, queue_ids)
    waiting = await rows.read_waiting(tx, queues)
    refusals = await rows.read_refusals(tx, queues, now - DECLINE_PAUSE, now - MISS_PAUSE)
    return Snapshot(queues, waiting, (), refusals, utilization)


async def _hold(tx: Transaction, choices: Sequence[Choice]) -> list[Choice]:
    """Those of the choices whose agent and interaction nobody changes just now; the interactions are offered then."""
    if not choices:
        return []
    still = await rows.hold_agents(tx, [choice.agent.person_id for choice in choices])
    held = [choice for choice in choices if still.get(choice.agent.person_id) == choice.agent.status]
    taken = await rows.take_waiting(tx, [choice.interaction.id for choice in held])
    return [choice for choice in held if choice.interaction.id in taken]


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


async def _explain(tx: Transaction, choices: Sequence[Choice], snapshot: Snapshot) -> list[Evidence]:
    """Who was considered for each of the choices, and why not the others."""
    explanation = await _read_explanation(tx, snapshot, [choice.interaction for choice in choices])
    taken = {choice.agent.person_id for choice in choices}
    return [explanation.explain(choice.interaction, choice.agent, taken) for choice in choices]


async def _read_explanation(tx: Transaction, snapshot: Snapshot, interactions: Iterable[Waiting]) -> Explanation:
    queue_ids = {each.queue_id for each in interactions}
    skill_ids = {skill_id for each in snapshot.waiting for skill_id in asked_skills(each.need)}
    members = await rows.read_members(tx, queue_ids, skill_ids, SOFTPHONE_PATTERNS)
    whole = Snapshot(snapshot.queues, snapshot.waiting, members, snapshot.refusals, snapshot.utilization)
    return Explanation(whole, tx.context.now())


async def _look(
    tx: Transaction, demand: Mapping[str, Sequence[Medium]], utilization: Mapping[Medium, MediaUtilization]
) -> None:
    """Write why nobody is free for what waits: once for all that ask for the same in one queue at one ring."""
    snapshot, now = await _read_snapshot(tx, demand, utilization), tx.context.now()
    groups: dict[tuple[str, str, int], list[Waiting]] = {}
    for interaction in order(snapshot.waiting, snapshot.queues):
        queue_id, _, ring = group_of(interaction, snapshot, now)
        key = (queue_id, name_need(interaction.need), ring)
        if key in groups or len(groups) < GROUPS_AT_ONCE:
            groups.setdefault(key, []).append(interaction)
    explanation = await _read_explanation(tx, snapshot, (each[0] for each in groups.values()))
    shortages = [
        Shortage(
            queue_id=queue_id,
            need=need,
            ring=ring,
            oldest=min(each.enqueued_at for each in alike),
            newest=max(each.enqueued_at for each in alike),
            evidence=explanation.explain(alike[0], None, ()),
        )
        for (queue_id, need, ring), alike in groups.items()
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
