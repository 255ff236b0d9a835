"""What plans decide of a request, from what is true in the transaction that asks."""

from dataclasses import replace
from datetime import datetime

from shiftline.foundation.context import SYSTEM
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.time import DAY, Interval, Zone, find_zone
from shiftline.workforce.schedule.operations.absences import find_planned
from shiftline.workforce.schedule.operations.searching import find_work
from shiftline.workforce.timeoff.model import Days, Limit, Plan, Ruling, Status, TimeOffRequest
from shiftline.workforce.timeoff.rules.approving import Facts, decide
from shiftline.workforce.timeoff.rules.balances import charges_of, find_overdraft
from shiftline.workforce.timeoff.rules.limits import Shortage, count_minutes, days_of, fill_days, find_shortage
from shiftline.workforce.timeoff.rules.plans import choose_plan, list_counted_codes
from shiftline.workforce.timeoff.store import balances, limits, plans, requests


async def rule_in(tx: Transaction, request: TimeOffRequest) -> TimeOffRequest:
    """The request as its plan decides it; as it is where no plan is for it. Whoever calls holds its unit's places."""
    known = await plans.find_plans(tx, tx.context.organization_id, business_unit_id=request.business_unit_id)
    plan = choose_plan(known, request.activity_code_id, request.management_unit_id)
    if plan is None:
        # Who waits by a plan that is gone waits for a person.
        facts = Facts(None, tx.context.now(), find_zone(request.zone))
        return with_ruling(request, decide(request, facts), tx.context.now()) if request.waits else request
    facts = await _read_facts(tx, request, plan, list_counted_codes(known, request.management_unit_id))
    return with_ruling(request, decide(request, facts), tx.context.now())


def with_ruling(request: TimeOffRequest, ruling: Ruling, now: datetime) -> TimeOffRequest:
    """A request that awaited a decision as a plan decided it."""
    approved = ruling.status is Status.APPROVED
    return replace(
        request,
        status=ruling.status,
        substatus=ruling.substatus,
        ruling=ruling,
        reviewed_by=SYSTEM if approved else None,
        reviewed_at=now if approved else None,
    )


async def find_limit(reader: Reader, organization_id: str, management_unit_id: str) -> Limit | None:
    """A management unit's limit, if it has one."""
    found = await limits.find_limits(reader, organization_id, management_unit_ids=[management_unit_id])
    return found[0] if found else None


async def _read_facts(tx: Transaction, request: TimeOffRequest, plan: Plan, codes: list[str]) -> Facts:
    organization_id, zone = tx.context.organization_id, find_zone(request.zone)
    facts = Facts(plan, tx.context.now(), zone)
    key = request.person_id, request.activity_code_id
    account = (await balances.find_accounts(tx, organization_id, key[:1], key[1:])).get(key)
    if account is not None:
        facts = replace(facts, overdraft=find_overdraft(account, charges_of(request)))
    if plan.approval_rule.checks_codes:
        around = Interval(request.span.start - DAY, request.span.end + DAY)
        work = await find_work(tx, organization_id, around, [request.person_id])
        planned = await find_planned(tx, organization_id, request.business_unit_id, request.span)
        shifts = tuple(shift for _, shift in work.get(request.person_id, ()))
        facts = replace(facts, shifts=shifts, planned=planned)
    if plan.approval_rule.checks_limits:
        limit = await find_limit(tx, organization_id, request.management_unit_id)
        if limit is not None:
            shortage = await _find_shortage(tx, request, limit, zone, codes)
            facts = replace(facts, limit=limit, shortage=shortage)
    return facts


async def _find_shortage(
    tx: Transaction, request: TimeOffRequest, limit: Limit, zone: Zone, codes: list[str]
) -> Shortage | None:
    organization_id, days = tx.context.organization_id, days_of(request, limit, zone)
    # What lies a day around may reach into the days.
    span = Interval(request.span.start - DAY, request.span.end + DAY)
    scope = requests.Scope(organization_id, request.management_unit_id, span)
    approved = await requests.list_counted(tx, scope, codes)
    taken = count_minutes((each for each in approved if each.id != request.id), limit, zone, days)
    values = await limits.find_values(tx, organization_id, limit, Days(days[0], days[-1]))
    return find_shortage(request, limit, zone, fill_days(values, limit, zone, days), taken)
