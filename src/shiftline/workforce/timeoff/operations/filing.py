"""Requests come into being: an agent asks, an approver enters, a swap files. An equal request is never filed twice."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.timeoff.errors import BalanceExceeded
from shiftline.workforce.timeoff.model import Filing, RequestDraft, Status, TimeOffRequest, TimesAsked
from shiftline.workforce.timeoff.operations.deciding import rule_in
from shiftline.workforce.timeoff.operations.keeping import file_in, hold_in, refuse_overlap_in
from shiftline.workforce.timeoff.rules.balances import charges_of, find_overdraft
from shiftline.workforce.timeoff.rules.codes import choose_code, choose_kind
from shiftline.workforce.timeoff.rules.states import choose_substatus
from shiftline.workforce.timeoff.rules.times import cut_span, plan_pieces
from shiftline.workforce.timeoff.store import balances
from shiftline.workforce.timeoff.store import requests as store
from shiftline.workforce.units.model import ActivityCode, Agent
from shiftline.workforce.units.operations.activity_codes import find_activity_codes
from shiftline.workforce.units.operations.agents import find_agents
from shiftline.workforce.units.operations.management_units import find_management_unit

ADD = "wfm:timeOffRequest:add"
EDIT = "wfm:timeOffRequest:edit"
SUBMIT = "wfm:agentTimeOffRequest:submit"


async def submit_request(context: Context, draft: RequestDraft) -> tuple[TimeOffRequest, bool]:
    """The caller asks for time off: the request as the unit's plan decides it, and whether it is new.

    An equal one that awaits or has approval is the same request; after a denial or cancellation one may ask again. Raises
    Invalid, AlreadyOff, BalanceExceeded.
    """
    require(context, SUBMIT)
    person_id = own_person_id(context)
    async with context.transaction() as tx:
        agent = await _find_agent(tx, person_id)
        codes = await _find_codes(tx, agent.business_unit_id)
        code = choose_code(codes.values(), draft.activity_code_id, "activityCodeId", by_agent=True)
        request = _compose(tx, agent, code, replace(draft, paid=None, status=Status.PENDING))
        await store.queue_places(tx, agent.management_unit_id)
        equal = await store.find_equal_request(tx, request, any_state=False)
        if equal is not None:
            return equal, False
        await store.queue_approvals(tx, person_id)
        await refuse_overlap_in(tx, request)
        await _refuse_overdraft(tx, request)
        return await file_in(tx, await rule_in(tx, request), any_state=False)


async def _refuse_overdraft(tx: Transaction, request: TimeOffRequest) -> None:
    key = request.person_id, request.activity_code_id
    account = (await balances.find_accounts(tx, tx.context.organization_id, key[:1], key[1:])).get(key)
    overdraft = None if account is None else find_overdraft(account, charges_of(request))
    if overdraft is not None:
        raise BalanceExceeded(overdraft)


async def enter_requests(
    context: Context, management_unit_id: str, person_ids: Sequence[str], draft: RequestDraft
) -> list[tuple[TimeOffRequest, bool]]:
    """An approver enters the same time off for several agents of a unit, pending or approved; all or none.

    Each with whether it is new. Raises NotFound, Invalid, AlreadyOff, BalanceExceeded.
    """
    async with context.transaction() as tx:
        unit = await find_management_unit(tx, context.organization_id, management_unit_id)
        require(context, ADD, division_id=unit.division_id)
        if draft.status is not Status.PENDING:
            require(context, EDIT, division_id=unit.division_id)
        agents = await find_agents(tx, context.organization_id, person_ids)
        _judge_members(agents, management_unit_id, person_ids)
        codes = await _find_codes(tx, unit.business_unit_id)
        code = choose_code(codes.values(), draft.activity_code_id, "activityCodeId", by_agent=False)
        requests = [_compose(tx, agents[person_id], code, draft) for person_id in dict.fromkeys(person_ids)]
        if draft.status is Status.APPROVED:
            await store.queue_places(tx, management_unit_id)
            await hold_in(tx, requests)
        return [await file_in(tx, request, any_state=False) for request in requests]


def _judge_members(agents: Mapping[str, Agent], management_unit_id: str, person_ids: Sequence[str]) -> None:
    strangers = [
        Problem(f"users[{index}].id", f"{person_id} is no agent of this management unit.", "timeoff.agent.unknown")
        for index, person_id in enumerate(person_ids)
        if person_id not in agents or agents[person_id].management_unit_id != management_unit_id
    ]
    if strangers:
        raise Invalid(*strangers)


async def queue_filings_in(tx: Transaction, agent: Agent, *, approved: bool) -> None:
    """Wait for the agent's approvals, before any schedule is held: for a swap that files requests after its shifts.

    With ``approved``, when one of them is filed as approved, also for whatever takes places in their unit.
    """
    if approved:
        await store.queue_places(tx, agent.management_unit_id)
    await store.queue_approvals(tx, agent.person_id)


async def file_request_in(tx: Transaction, filing: Filing) -> tuple[TimeOffRequest, bool]:
    """File a request within a swap: the request, and whether it is new.

    An equal request that exists is returned as it stands, whatever its state: a swap that is sent again must not ask
    again for what was denied. A status other than PENDING needs the approver's permission. Raises Invalid (fields
    below ``filing.field``), PermissionMissing, AlreadyOff.
    """
    agent = await _find_agent(tx, filing.person_id)
    if filing.status is not Status.PENDING:
        require(tx.context, EDIT, division_id=agent.division_id)
    if filing.status is Status.CANCELED:
        sentence = "a request cannot be filed as canceled; only its agent cancels one."
        raise Invalid(Problem(f"{filing.field}.status", sentence, "timeoff.status"))
    codes = await _find_codes(tx, agent.business_unit_id)
    kind = choose_kind(codes.values(), filing.type, f"{filing.field}.type")
    if filing.span is not None:
        times = cut_span(filing.span, agent.zone, filing.field)
    else:
        times = TimesAsked(days=filing.days, daily_minutes=filing.daily_minutes)
    draft = RequestDraft(kind.code.id, times, filing.notes, kind.paid, filing.status)
    return await file_in(tx, _compose(tx, agent, kind.code, draft), any_state=True)


def _compose(tx: Transaction, agent: Agent, code: ActivityCode, draft: RequestDraft) -> TimeOffRequest:
    by, now = tx.context.actor.id, tx.context.now()
    decided = draft.status is not Status.PENDING
    return TimeOffRequest(
        id=new_id(),
        person_id=agent.person_id,
        business_unit_id=agent.business_unit_id,
        management_unit_id=agent.management_unit_id,
        zone=agent.time_zone,
        activity_code_id=code.id,
        paid=code.counts_as_paid if draft.paid is None else draft.paid,
        pieces=plan_pieces(draft.times, agent.zone),
        status=draft.status,
        substatus=choose_substatus(draft.status),
        notes=draft.notes or None,
        marked_as_read=by == agent.person_id,
        submitted_by=by,
        submitted_at=now,
        reviewed_by=by if decided else None,
        reviewed_at=now if decided else None,
        modified_by=by,
        modified_at=now,
    )


async def _find_agent(tx: Transaction, person_id: str) -> Agent:
    agent = (await find_agents(tx, tx.context.organization_id, [person_id])).get(person_id)
    if agent is None:
        raise Invalid(Problem("userId", f"{person_id} is an agent of no management unit.", "timeoff.agent.unknown"))
    return agent


async def _find_codes(tx: Transaction, business_unit_id: str) -> Mapping[str, ActivityCode]:
    return (await find_activity_codes(tx, tx.context.organization_id, business_unit_id)).codes
