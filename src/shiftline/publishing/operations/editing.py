"""Small edits of a schedule: previewed with the rules that they break, or written as one revision, or refused."""

import asyncio
from collections.abc import Sequence

from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.time import DAY, Interval
from shiftline.publishing import store
from shiftline.publishing.errors import BreachesNotAccepted, EditImpossible, ReasonMissing
from shiftline.publishing.model import Acceptance, AgentAround, Breach, EditOutcome, Severity, Weeks
from shiftline.publishing.rules.judging import find_unaccepted, judge_agent, judge_notes
from shiftline.workforce.schedule.model import AcceptedBreach, Part, Shift
from shiftline.workforce.schedule.operations.editing import Draft, Order, draft_edits_in, write_edits_in
from shiftline.workforce.schedule.operations.planning import let_others_work
from shiftline.workforce.schedule.operations.searching import find_work
from shiftline.workforce.schedule.rules.comparing import compare_parts
from shiftline.workforce.schedule.rules.coverage import count_on_queue, find_difference
from shiftline.workforce.schedule.rules.rosters import reach_of
from shiftline.workforce.workplans.operations.reading import find_plans_of

NEAR = 15 * DAY  # how far away a shift can be that makes one of more than two weeks of days in a row


async def preview_edits(context: Context, order: Order) -> EditOutcome:
    """What edits would do, and all that speaks against them; nothing is written.

    Raises ScheduleNotFound, PermissionMissing, VersionMissing, StaleVersion.
    """
    async with context.transaction() as tx:
        draft = await draft_edits_in(context, tx, order, hold=False)
        return await _judge(tx, draft)


async def edit_schedule(context: Context, order: Order, accepted: Sequence[Acceptance]) -> EditOutcome:
    """Write edits as one revision, or nothing. Breaches must be named, with a reason; both stay in the revision.

    Raises ScheduleNotFound, PermissionMissing, VersionMissing, StaleVersion, EditImpossible, BreachesNotAccepted,
    ReasonMissing, ShiftsOverlap.
    """
    async with context.transaction() as tx:
        draft = await draft_edits_in(context, tx, order, hold=True)
        if draft.problems:
            raise EditImpossible(*draft.problems)
        outcome = await _judge(tx, draft)
        missing = find_unaccepted(outcome.breaches, accepted)
        if missing:
            raise BreachesNotAccepted(missing)
        broken = [each for each in outcome.breaches if each.severity is Severity.BREACH]
        if broken and not order.reason:
            raise ReasonMissing
        kept = [AcceptedBreach(code=e.code, agent_id=e.agent_id, sentence=e.sentence) for e in broken]
        revised = await write_edits_in(tx, draft, kept)
        return EditOutcome(
            draft, outcome.breaches, outcome.differences, outcome.coverage, revised.clashes, revised=revised
        )


async def _judge(tx: Transaction, draft: Draft) -> EditOutcome:
    differences = await asyncio.to_thread(compare_parts, draft.before, draft.after)
    changed = [each.agent_id for each in differences]
    breaches = await _list_breaches(tx, draft, changed)
    before, after = (
        count_on_queue((shift for agent_id in changed for shift in _shifts(parts.get(agent_id))), draft.frame.codes)
        for parts in (draft.before, draft.after)
    )
    clashes = () if draft.prepared is None else draft.prepared.carrying.clashes
    return EditOutcome(draft, tuple(breaches), tuple(differences), find_difference(before, after), clashes)


def _shifts(part: Part | None) -> tuple[Shift, ...]:
    return () if part is None else part.shifts


async def _list_breaches(tx: Transaction, draft: Draft, agent_ids: Sequence[str]) -> list[Breach]:
    schedule = draft.schedule
    weeks = Weeks(
        first_days=tuple(schedule.week_date + index * 7 * DAY for index in range(schedule.week_count)),
        first_day=draft.unit.start_day_of_week,
        now=tx.context.now(),
    )
    around = await _look_around(tx, draft, agent_ids)
    breaches = judge_notes(draft.notes)
    for index, agent_id in enumerate(agent_ids):
        await let_others_work(index)
        states = (draft.before.get(agent_id), draft.after.get(agent_id))
        breaches += judge_agent(around[agent_id], states, weeks, draft.fields.get(agent_id, {}))
    return breaches


async def _look_around(tx: Transaction, draft: Draft, agent_ids: Sequence[str]) -> dict[str, AgentAround]:
    """What is known of the agents outside the schedule."""
    organization_id, schedule, bounds = tx.context.organization_id, draft.schedule, draft.frame.bounds
    plans = await find_plans_of(tx, organization_id, agent_ids)
    near = max((NEAR, *(reach_of(each) for each in plans.values())))
    span = Interval(bounds.start - near, bounds.end + near)
    work = await find_work(tx, organization_id, span, agent_ids)
    unavailable = await store.find_unavailable(tx, organization_id, agent_ids, span)
    skills = await store.find_skills_of(tx, organization_id, agent_ids)
    return {
        agent_id: AgentAround(
            agent=draft.agents[agent_id],
            plans=plans.get(agent_id),
            # A draft comes into force in place of what is there over its weeks.
            neighbours=tuple(
                shift
                for schedule_id, shift in work.get(agent_id, ())
                if schedule_id != schedule.id and (schedule.published or not bounds.contains(shift.start))
            ),
            unavailable=unavailable.get(agent_id, ()),
            held_skills=skills.get(agent_id, frozenset()),
        )
        for agent_id in agent_ids
    }
