"""How long time off would be, before it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import DAY, Interval, day_bounds
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.schedule.operations.searching import find_work
from shiftline.workforce.timeoff.rules.codes import choose_code
from shiftline.workforce.timeoff.rules.estimates import Estimate, Grounds, estimate_day, estimate_part
from shiftline.workforce.timeoff.rules.plans import choose_plan
from shiftline.workforce.timeoff.rules.times import PIECES_AT_MOST, YEARS
from shiftline.workforce.timeoff.store import plans
from shiftline.workforce.units.errors import AgentNotFound
from shiftline.workforce.units.model import Agent
from shiftline.workforce.units.operations.activity_codes import find_activity_codes
from shiftline.workforce.units.operations.agents import find_agent
from shiftline.workforce.units.operations.management_units import find_management_unit

ADMIN = ("wfm:timeOffRequest:add", "wfm:timeOffRequest:edit", "wfm:timeOffRequest:view")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be estimated: days or instants, each with the minutes that are wished, if any. ``paid`` None: as the code says."""

    activity_code_id: str
    days: Sequence[tuple[date, int | None]] = ()
    starts: Sequence[tuple[datetime, int | None]] = ()
    paid: bool | None = None


@dataclass(frozen=True, slots=True)
class Estimates:
    """The estimates for one agent, in the order in which they were asked for."""

    person_id: str
    activity_code_id: str
    paid: bool
    estimates: tuple[Estimate, ...]


async def estimate_own(context: Context, asked: Asked) -> Estimates:
    """How long the caller's time off would be. Raises AgentNotFound, Invalid."""
    require(context, "wfm:agentTimeOffRequest:submit")
    _check(asked)
    async with context.reader() as reader:
        agent = await find_agent(reader, context.organization_id, own_person_id(context))
        return await _estimate(reader, context, agent, asked)


async def estimate_for(context: Context, management_unit_id: str, person_id: str, asked: Asked) -> Estimates:
    """The same for an agent of a unit. Raises ManagementUnitNotFound, AgentNotFound, Invalid."""
    _check(asked)
    async with context.reader() as reader:
        unit = await find_management_unit(reader, context.organization_id, management_unit_id)
        require(context, *ADMIN, division_id=unit.division_id)
        agent = await find_agent(reader, context.organization_id, person_id)
        if agent.management_unit_id != unit.id:
            raise AgentNotFound(person_id)
        return await _estimate(reader, context, agent, asked)


def _check(asked: Asked) -> None:
    if bool(asked.days) == bool(asked.starts):
        both = "give either fullDayDates or partialDayDates, and at least one entry."
        raise Invalid(Problem("fullDayDates", both, "timeoff.days.or.parts"))
    name = "fullDayDates" if asked.days else "partialDayDates"
    moments = [day for day, _ in asked.days] or [start for start, _ in asked.starts]
    if len(moments) > PIECES_AT_MOST:
        raise Invalid(Problem(name, f"has {len(moments)} entries; at most {PIECES_AT_MOST} are possible."))
    for index, moment in enumerate(moments):
        if moment.year not in YEARS:
            sentence = f"the year must be from {YEARS[0]} to {YEARS[-1]}."
            raise Invalid(Problem(f"{name}[{index}].date", sentence, "timeoff.year"))


async def _estimate(reader: Reader, context: Context, agent: Agent, asked: Asked) -> Estimates:
    organization_id, zone = context.organization_id, agent.zone
    codes = await find_activity_codes(reader, organization_id, agent.business_unit_id)
    code = choose_code(codes.codes.values(), asked.activity_code_id, "activityCodeId", by_agent=False)
    known = await plans.find_plans(reader, organization_id, business_unit_id=agent.business_unit_id)
    spans = [day_bounds(day, zone) for day, _ in asked.days]
    spans += [Interval(start, start + DAY) for start, _ in asked.starts]
    around = Interval(min(span.start for span in spans), max(span.end for span in spans))
    work = await find_work(reader, organization_id, around, [agent.person_id])
    shifts = sorted((shift for _, shift in work.get(agent.person_id, ())), key=lambda shift: shift.start)
    paid = code.counts_as_paid if asked.paid is None else asked.paid
    grounds = Grounds(code, paid, zone, choose_plan(known, code.id, agent.management_unit_id), shifts)
    estimates = [estimate_day(day, minutes, grounds) for day, minutes in asked.days]
    estimates += [estimate_part(start, minutes, grounds) for start, minutes in asked.starts]
    return Estimates(agent.person_id, code.id, paid, tuple(estimates))
