"""Requests are decided, changed, canceled and read."""

from dataclasses import dataclass, replace

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.decision import Reason
from shiftline.foundation.time import find_zone
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.timeoff import store
from shiftline.workforce.timeoff.errors import AlreadyOff, NotAllowedNow, RequestNotFound, StaleVersion
from shiftline.workforce.timeoff.events import ApprovedTimeOffChanged, TimeOffChanged
from shiftline.workforce.timeoff.model import OwnChanges, RequestChanges, Status, TimeOffRequest, TimesAsked
from shiftline.workforce.timeoff.operations.carrying import carry_in
from shiftline.workforce.timeoff.rules.codes import choose_code
from shiftline.workforce.timeoff.rules.revisions import approved_time_changed, revise
from shiftline.workforce.timeoff.rules.states import (
    choose_substatus,
    judge_annotation,
    judge_edit,
    judge_transition,
)
from shiftline.workforce.timeoff.rules.times import merge_times, plan_pieces
from shiftline.workforce.units.model import Agent
from shiftline.workforce.units.operations.activity_codes import find_activity_codes
from shiftline.workforce.units.operations.agents import find_agents
from shiftline.workforce.units.operations.management_units import find_management_unit

EDIT = "wfm:timeOffRequest:edit"
SUBMIT = "wfm:agentTimeOffRequest:submit"


@dataclass(frozen=True, slots=True)
class Target:
    """Which request an approver means."""

    management_unit_id: str
    person_id: str
    request_id: str


async def change_request(context: Context, target: Target, changes: RequestChanges) -> TimeOffRequest:
    """An approver decides or changes a request; unchanged when it is so already.

    Raises ManagementUnitNotFound, RequestNotFound, StaleVersion, NotAllowedNow, AlreadyOff, Invalid.
    """
    async with context.transaction() as tx:
        unit = await find_management_unit(tx, context.organization_id, target.management_unit_id)
        require(context, EDIT, division_id=unit.division_id)
        current = await _lock(tx, target.request_id, target.person_id)
        agent = (await find_agents(tx, context.organization_id, [target.person_id])).get(target.person_id)
        if (agent or current).management_unit_id != target.management_unit_id:
            raise RequestNotFound(target.request_id)
        if current.version != changes.version:
            raise StaleVersion(current, changes.version)
        changed = await _with_content(tx, current, agent, changes)
        if changed != current:
            _allow(current, judge_edit(current))
        if changes.status is not None and changes.status is not current.status:
            changed = _with_status(tx, changed, changes.status)
        return current if changed == current else await _keep(tx, current, replace(changed, marked_as_read=False))


async def change_own_request(context: Context, request_id: str, changes: OwnChanges) -> TimeOffRequest:
    """The agent cancels, annotates or marks as read; unchanged when it is so already.

    Raises RequestNotFound, NotAllowedNow, Invalid.
    """
    require(context, SUBMIT)
    async with context.transaction() as tx:
        current = await _lock(tx, request_id, own_person_id(context))
        changed = _with_annotations(current, changes)
        if changed != current:
            _allow(current, judge_annotation(current))
        if changes.cancel and current.status is not Status.CANCELED:
            changed = _with_status(tx, changed, Status.CANCELED)
        if changes.marked_as_read is not None:
            changed = replace(changed, marked_as_read=changes.marked_as_read)
        return current if changed == current else await _keep(tx, current, changed)


async def _lock(tx: Transaction, request_id: str, person_id: str) -> TimeOffRequest:
    request = await store.lock_request(tx, request_id)
    if request is None or request.person_id != person_id:
        raise RequestNotFound(request_id)
    return request


async def _with_content(
    tx: Transaction, current: TimeOffRequest, agent: Agent | None, changes: RequestChanges
) -> TimeOffRequest:
    changed = current
    if changes.activity_code_id is not None and changes.activity_code_id != current.activity_code_id:
        codes = await find_activity_codes(tx, tx.context.organization_id, (agent or current).business_unit_id)
        code = choose_code(codes.codes.values(), changes.activity_code_id, "activityCodeId", by_agent=False)
        changed = replace(changed, activity_code_id=code.id, paid=code.counts_as_paid)
    if changes.paid is not None:
        changed = replace(changed, paid=changes.paid)
    if changes.notes is not None:
        changed = replace(changed, notes=changes.notes or None)
    if changes.times is not None:
        zone = find_zone(agent.time_zone if agent else current.zone)
        pieces = plan_pieces(merge_times(current, changes.times), zone)
        changed = replace(changed, pieces=pieces, zone=zone.key)
    return changed


def _with_annotations(request: TimeOffRequest, changes: OwnChanges) -> TimeOffRequest:
    changed = request
    if changes.notes is not None:
        changed = replace(changed, notes=changes.notes or None)
    if changes.earliest_start_offsets is not None or changes.latest_end_offsets is not None:
        estimates = TimesAsked(
            earliest_start_offsets=changes.earliest_start_offsets, latest_end_offsets=changes.latest_end_offsets
        )
        pieces = plan_pieces(merge_times(request, estimates), find_zone(request.zone))
        changed = replace(changed, pieces=pieces)
    return changed


def _with_status(tx: Transaction, request: TimeOffRequest, status: Status) -> TimeOffRequest:
    now = tx.context.now()
    _allow(request, judge_transition(request, status, now))
    changed = replace(request, status=status, substatus=choose_substatus(status))
    if status is Status.CANCELED:
        return changed
    if status is Status.PENDING:
        return replace(changed, reviewed_by=None, reviewed_at=None)
    return replace(changed, reviewed_by=tx.context.actor.id, reviewed_at=now)


def _allow(request: TimeOffRequest, reason: Reason) -> None:
    if reason.holds is not True:
        raise NotAllowedNow(request, reason)


async def _keep(tx: Transaction, former: TimeOffRequest, latter: TimeOffRequest) -> TimeOffRequest:
    # The read mark alone is no revision: an approver's version stays good when the agent has a look.
    only_read = replace(latter, marked_as_read=former.marked_as_read) == former
    kept = latter if only_read else revise(former, latter, tx.context.actor.id, tx.context.now())
    await _judge_others(tx, former, kept)
    await store.update_request(tx, kept)
    kept = await carry_in(tx, former, kept)
    kind = ApprovedTimeOffChanged if approved_time_changed(former, kept) else TimeOffChanged
    tx.record(
        kind(
            organization_id=tx.context.organization_id,
            request_id=kept.id,
            person_id=kept.person_id,
            request=kept,
            former_status=former.status,
        )
    )
    return kept


async def _judge_others(tx: Transaction, former: TimeOffRequest, request: TimeOffRequest) -> None:
    """What the constraints refuse, refused with the name of the other request."""
    if Status.APPROVED in (former.status, request.status):
        await store.queue_approvals(tx, request.person_id)
    if request.status in (Status.PENDING, Status.APPROVED):
        equal = await store.find_equal_request(tx, request, any_state=False)
        if equal is not None and equal.id != request.id:
            raise AlreadyOff(equal)
    if request.status is Status.APPROVED:
        other = await store.find_approved_overlap(tx, request)
        if other is not None:
            raise AlreadyOff(other)
