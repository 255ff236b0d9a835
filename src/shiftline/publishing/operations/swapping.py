"""The swap: shifts replaced, time off filed, the swap recorded and access foreseen, in one transaction."""

from dataclasses import dataclass
from datetime import UTC, timedelta

from shiftline.access.operations.deciding import foresee_access_in
from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.decision import Decision, Reason, text_of
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import Interval
from shiftline.publishing import store
from shiftline.publishing.errors import SkillUnknown
from shiftline.publishing.events import SwapPublished
from shiftline.publishing.model import FiledTimeOff, Remark, Surroundings, SwapOutcome, SwapRequest, TimeOffGiven
from shiftline.publishing.rules import swapping as rules
from shiftline.workforce.schedule.model import Shift
from shiftline.workforce.schedule.operations.searching import find_days_off, find_work
from shiftline.workforce.schedule.operations.swapping import SwapOrder, read_again_in, swap_days_in
from shiftline.workforce.schedule.rules.fitness import least_rest_minutes
from shiftline.workforce.schedule.rules.rosters import WEEK, PlanSetting, find_plan_breaches, off_of, reach_of
from shiftline.workforce.timeoff.model import Filing, Status
from shiftline.workforce.timeoff.operations.filing import file_request_in, queue_filings_in
from shiftline.workforce.timeoff.operations.reading import find_approved
from shiftline.workforce.units.model import Agent
from shiftline.workforce.units.operations.agents import find_agents
from shiftline.workforce.units.operations.business_units import find_business_unit
from shiftline.workforce.workplans.operations.reading import find_plans_of

EDIT = "wfm:schedule:edit"
NEAR = timedelta(days=2)  # how far away a shift can be that leaves too little rest


@dataclass(frozen=True, slots=True)
class PlanBefore:
    """An agent's work plans, and what they worked as far around as it looks before the swap."""

    setting: PlanSetting
    near: Interval
    shifts: tuple[Shift, ...]


async def publish_swap(context: Context, request: SwapRequest) -> SwapOutcome:
    """Put the given shifts in force in place of the agent's shifts of the same days.

    All or nothing, over as many weeks as the days touch. Raises Invalid naming fields, StaleVersion (409) for an old
    ``version``, PermissionMissing.
    """
    require(context, EDIT)
    problems = rules.list_problems(request)
    if problems:
        raise Invalid(*problems)
    async with context.transaction() as tx:
        agent = await _find_agent(tx, request.person_id)
        require(context, EDIT, division_id=agent.division_id)
        held = await _check_skills(tx, request)
        order = SwapOrder(request.schedule_id, agent, request.shifts, request.version, _reason(request))
        if request.time_off:
            approved = any(given.status is Status.APPROVED for given in request.time_off)
            await queue_filings_in(tx, agent, approved=approved)
        former = await _read_plan(tx, agent, request)
        swapped = await swap_days_in(tx, order)
        filed = [await _file(tx, request.person_id, given) for given in request.time_off]
        if any(each.created and each.request.status is Status.APPROVED for each in filed):
            swapped = await read_again_in(tx, swapped, request.person_id)
        remarks = await _list_remarks(tx, agent, request, (held, former))
        remarks += rules.list_clashes(request, filed)
        access = await _foresee(tx, request)
        return await _record(tx, request, SwapOutcome(None, swapped, tuple(filed), remarks, access))


def _reason(request: SwapRequest) -> str | None:
    reasons = dict.fromkeys(shift.swap_reason for shift in request.shifts if shift.swap_reason)
    return "; ".join(reasons) or None


async def _find_agent(tx: Transaction, person_id: str) -> Agent:
    agent = (await find_agents(tx, tx.context.organization_id, [person_id])).get(person_id)
    if agent is None:
        raise Invalid(Problem("userId", f"{person_id} is an agent of no management unit.", "agent.unknown"))
    return agent


async def _check_skills(tx: Transaction, request: SwapRequest) -> frozenset[str]:
    """The agent's skills. Raises SkillUnknown for one that the organization does not have."""
    wanted = {skill_id for shift in request.shifts for skill_id in shift.skill_ids}
    known = await store.find_known_skills(tx, tx.context.organization_id, wanted)
    for shift in request.shifts:
        for index, skill_id in enumerate(shift.skill_ids):
            if skill_id not in known:
                raise SkillUnknown(f"{shift.field}.skillIds[{index}]", skill_id)
    return await store.find_held_skills(tx, tx.context.organization_id, request.person_id)


async def _file(tx: Transaction, person_id: str, given: TimeOffGiven) -> FiledTimeOff:
    filing = Filing(
        person_id=person_id,
        type=given.type,
        span=rules.span_of(given.start, given.end),
        status=Status(given.status),
        field=given.field,
    )
    filed, created = await file_request_in(tx, filing)
    return FiledTimeOff(filed, created)


async def _list_remarks(
    tx: Transaction, agent: Agent, request: SwapRequest, known: tuple[frozenset[str], PlanBefore | None]
) -> tuple[Remark, ...]:
    held, former = known
    near = _around(request, NEAR)
    work = await find_work(tx, tx.context.organization_id, near, [request.person_id])
    approved = await find_approved(tx, tx.context.organization_id, request.person_id)
    around = Surroundings(
        now=tx.context.now(),
        shifts=tuple(shift for _, shift in work.get(request.person_id, ())),
        approved=tuple(
            (rules.span_of(piece.starts_at, piece.ends_at), each.sentence) for each in approved for piece in each.pieces
        ),
        least_rest_minutes=least_rest_minutes(agent.management_unit_settings),
        held_skills=held,
        plan=await _judge_plan(tx, request, former),
    )
    return rules.list_remarks(request, agent.zone, around)


def _around(request: SwapRequest, reach: timedelta) -> Interval:
    first, last = min(shift.start for shift in request.shifts), max(shift.end for shift in request.shifts)
    return rules.span_of(first - reach, last + reach)


async def _read_plan(tx: Transaction, agent: Agent, request: SwapRequest) -> PlanBefore | None:
    organization_id, person_id = tx.context.organization_id, request.person_id
    plans = (await find_plans_of(tx, organization_id, [person_id])).get(person_id)
    if plans is None:
        return None
    near = _around(request, reach_of(plans) + WEEK)
    unit = await find_business_unit(tx, organization_id, agent.business_unit_id)
    off = await find_days_off(tx, organization_id, near, unit.id, [person_id])
    setting = PlanSetting(plans, agent.zone, unit.start_day_of_week, off_of(off.get(person_id, ())))
    return PlanBefore(setting, near, await _work_of(tx, person_id, near))


async def _work_of(tx: Transaction, person_id: str, near: Interval) -> tuple[Shift, ...]:
    work = await find_work(tx, tx.context.organization_id, near, [person_id])
    return tuple(shift for _, shift in work.get(person_id, ()))


async def _judge_plan(tx: Transaction, request: SwapRequest, former: PlanBefore | None) -> tuple[Reason, ...]:
    if former is None:
        return ()
    changed = [rules.span_of(shift.start, shift.end) for shift in request.shifts]
    after = await _work_of(tx, request.person_id, former.near)
    return find_plan_breaches(former.setting, former.shifts, after, changed)


async def _foresee(tx: Transaction, request: SwapRequest) -> tuple[tuple[str, Decision], ...]:
    """The statement of access for each shift, from the state that this transaction leaves."""
    await tx.flush()
    return tuple(
        [
            (shift.field, await foresee_access_in(tx, tx.context, request.person_id, shift.start.astimezone(UTC)))
            for shift in request.shifts
        ]
    )


async def _record(tx: Transaction, request: SwapRequest, outcome: SwapOutcome) -> SwapOutcome:
    if not outcome.changed:
        return outcome
    versions = {each.schedule.id: each.schedule.version for each in outcome.swapped.schedules}
    asked = {
        "shifts": [
            {
                "startTime": shift.start.isoformat(),
                "endTime": shift.end.isoformat(),
                "skillIds": list(shift.skill_ids),
                "isSwap": shift.is_swap,
                "swapReason": shift.swap_reason,
            }
            for shift in request.shifts
        ],
        "timeOffRequests": [
            {"startTime": text_of(each.start), "endTime": text_of(each.end), "type": each.type, "status": each.status}
            for each in request.time_off
        ],
    }
    told = (asked, {"versions": versions, "changed": [s.schedule.id for s in outcome.swapped.schedules if s.changed]})
    reason = _reason(request)
    swap_id = await store.insert_swap(tx, request.person_id, request.schedule_id, reason, told=told)
    tx.record(
        SwapPublished(
            organization_id=tx.context.organization_id,
            swap_id=swap_id,
            person_id=request.person_id,
            schedule_id=request.schedule_id,
            reason=reason,
            versions=versions,
            time_off_request_ids=tuple(filed.request.id for filed in outcome.time_off),
        )
    )
    return SwapOutcome(swap_id, outcome.swapped, outcome.time_off, outcome.warnings, outcome.access)
