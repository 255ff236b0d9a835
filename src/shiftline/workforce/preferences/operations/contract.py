"""Wishes are held against the agent's work plan, as their unit's settings say."""

from collections.abc import Sequence
from datetime import date

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.foundation.time import DAY, Interval, day_of, week_start
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.preferences import store
from shiftline.workforce.preferences.errors import ContractContradicted
from shiftline.workforce.preferences.model import (
    ConflictMode,
    ContractConflict,
    Family,
    StandingWish,
    WishChange,
    WishPlan,
)
from shiftline.workforce.preferences.operations.settings import find_settings_of
from shiftline.workforce.preferences.rules.contract import Contract, Contracts, judge_standing, judge_times, judge_week
from shiftline.workforce.preferences.rules.stating import plan_wishes
from shiftline.workforce.units.model import Agent
from shiftline.workforce.units.operations.agents import find_agent, find_agents
from shiftline.workforce.units.operations.business_units import find_business_unit
from shiftline.workforce.workplans.operations.reading import find_plans_of

AROUND = 16 * DAY


async def find_contracts(reader: Reader, organization_id: str, agent: Agent) -> Contracts | None:
    """What an agent's wishes are held against; None: they have no work plan in any week."""
    plans = (await find_plans_of(reader, organization_id, [agent.person_id])).get(agent.person_id)
    if plans is None:
        return None
    unit = await find_business_unit(reader, organization_id, agent.business_unit_id)
    return Contracts(plans, agent.zone, unit.start_day_of_week)


async def check_times(tx: Transaction, person_id: str, plan: WishPlan) -> tuple[ContractConflict, ...]:
    """What the unavailable times of a request leave too little of. Raises ContractContradicted where that is refused."""
    organization_id = tx.context.organization_id
    agent = (await find_agents(tx, organization_id, [person_id])).get(person_id)
    contracts = None if agent is None or not plan.put else await find_contracts(tx, organization_id, agent)
    if agent is None or contracts is None:
        return ()
    span = Interval(
        min(each.span.start for each in plan.put) - AROUND, max(each.span.end for each in plan.put) + AROUND
    )
    standing = await store.list_wishes(tx, organization_id, person_id, Family.UNAVAILABLE_TIMES, span)
    gone = {*plan.removed, *(wish.id for wish in plan.put)}
    spans = [wish.span for wish in (*(each for each in standing if each.id not in gone), *plan.put)]
    found = judge_times(contracts, plan, spans)
    return await _tell(tx, agent, Family.UNAVAILABLE_TIMES, found)


async def check_standing_wish(tx: Transaction, agent: Agent, wish: StandingWish) -> tuple[ContractConflict, ...]:
    """What of a standing wish contradicts the contract of its first week from now on. Raises ContractContradicted where
    that is refused.
    """
    contracts = await find_contracts(tx, tx.context.organization_id, agent)
    day = max(wish.valid_from, day_of(tx.context.now(), agent.zone))
    contract = None if contracts is None else contracts.of(week_start(day, contracts.first_day))
    found = [] if contract is None else judge_standing(contract, wish)
    return await _tell(tx, agent, Family.PREFERENCES, found)


async def _tell(
    tx: Transaction, agent: Agent, family: Family, found: list[ContractConflict]
) -> tuple[ContractConflict, ...]:
    if not found:
        return ()
    settings = await find_settings_of(tx, tx.context.organization_id, agent, family)
    if settings.conflicts is ConflictMode.REFUSE:
        raise ContractContradicted(found)
    return () if settings.conflicts is ConflictMode.ALLOW else tuple(found)


async def validate_times(
    context: Context, week_date: date, changes: Sequence[WishChange]
) -> tuple[Contract | None, list[ContractConflict]]:
    """What of one week the caller's contract would contradict if their unavailable times changed so; nothing is stored.

    Without a work plan (None) nothing does. Raises AgentNotFound, Invalid, WishNotFound, WishesOverlap.
    """
    require(context, "wfm:agentUnavailableTimes:submit")
    person_id = own_person_id(context)
    async with context.transaction() as tx:
        agent = await find_agent(tx, context.organization_id, person_id)
        unit = await find_business_unit(tx, context.organization_id, agent.business_unit_id)
        first = week_start(week_date, unit.start_day_of_week)
        if first != week_date:
            sentence = f"is no first day of a week of the business unit; the week began on {first}."
            raise Invalid(Problem("validationWeekDate", sentence, "wishes.week"))
        ids = [change.id for change in changes if change.id is not None]
        standing, gone = await store.lock_wishes(tx, person_id, Family.UNAVAILABLE_TIMES, ids)
        plan = plan_wishes(person_id, standing, gone, [(new_id(), each) for each in changes], context.now())
        contracts = await find_contracts(tx, context.organization_id, agent)
        contract = None if contracts is None else contracts.of(first)
        if contract is None:
            return None, []
        changed = {*plan.removed, *(wish.id for wish in plan.put)}
        spans = [wish.span for wish in (*(each for each in standing.values() if each.id not in changed), *plan.put)]
        return contract, judge_week(contract, (week_date, "unavailableTimes"), spans)
