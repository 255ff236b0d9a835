"""Judging agents again: after something happened, when the next activity begins, when a grace ends."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Transaction
from shiftline.workforce.adherence import store
from shiftline.workforce.adherence.events import AdherenceChanged
from shiftline.workforce.adherence.model import Seen, Standing
from shiftline.workforce.adherence.rules.standing import stand

AT_ONCE = 200
"""Agents a transaction: one that takes all of a big unit would keep the others of the tenant waiting for seconds."""
DUE_AT_ONCE = 2000


async def follow_agents(context: Context, person_ids: Collection[str]) -> int:
    """Judge people again, some at a time; how many stand otherwise now. Who is no agent is left out."""
    waiting, changed = iter(dict.fromkeys(person_ids)), 0
    while some := list(islice(waiting, AT_ONCE)):
        async with context.transaction() as tx:
            changed += await follow_in(tx, some)
    return changed


async def follow_in(tx: Transaction, person_ids: Sequence[str]) -> int:
    """The same in the caller's transaction, all at once."""
    context = tx.context
    await store.queue_judgements(tx, person_ids)
    now = context.now()
    facts = await store.find_facts(tx, context.organization_id, person_ids, now)
    before = await store.find_standings(tx, context.organization_id, person_ids)
    seen = [stand(each, before.get(person_id), now) for person_id, each in facts.items()]
    seen += [_removed(standing) for person_id, standing in before.items() if person_id not in facts]
    changed = [each for each in seen if each.standing != before.get(each.standing.person_id)]
    if changed:
        await store.put_standings(tx, [each.standing for each in changed])
    await store.set_timers(tx, {each.standing.person_id: each.due_at for each in seen})
    for each in changed:
        person_id = each.standing.person_id
        tx.record(AdherenceChanged(organization_id=context.organization_id, person_id=person_id, seen=each))
    return len(changed)


def _removed(standing: Standing) -> Seen:
    return Seen(replace(standing, removed=True), None, None, (), None)


async def follow_unit(
    context: Context, *, management_unit_id: str | None = None, business_unit_id: str | None = None
) -> int:
    """Judge all agents of a unit again."""
    async with context.reader() as reader:
        person_ids = await store.list_agents_of(
            reader,
            context.organization_id,
            management_unit_id=management_unit_id,
            business_unit_id=business_unit_id,
        )
    return await follow_agents(context, person_ids)


async def follow_due(context: Context) -> int:
    """Judge those whose time has come, in every organization; how many there were."""
    async with context.reader() as reader:
        due = await store.find_due(reader, context.now(), DUE_AT_ONCE)
    return await _follow_all(context, due)


async def follow_newcomers(context: Context) -> int:
    """Judge agents who were never judged, in every organization; how many there were."""
    async with context.reader() as reader:
        due = await store.list_unjudged(reader, DUE_AT_ONCE)
    return await _follow_all(context, due)


async def _follow_all(context: Context, due: Mapping[str, Sequence[str]]) -> int:
    for organization_id, person_ids in due.items():
        await follow_agents(context.acting_as(Actor(organization_id, "system")), person_ids)
    return sum(len(person_ids) for person_ids in due.values())
