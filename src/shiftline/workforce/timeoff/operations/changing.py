"""Requests are decided, changed, canceled and read."""

from dataclasses import dataclass, replace

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.decision import Reason
from shiftline.foundation.time import find_zone
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.timeoff.errors import NotAllowedNow, RequestNotFound, StaleVersion
from shiftline.workforce.timeoff.model import OwnChanges, RequestChanges, Status, TimeOffRequest, TimesAsked
from shiftline.workforce.timeoff.operations.deciding import rule_in
from shiftline.workforce.timeoff.operations.keeping import keep_in
from shiftline.workforce.timeoff.rules.codes import choose_code
from shiftline.workforce.timeoff.rules.revisions import content_of
from shiftline.workforce.timeoff.rules.states import (
    choose_substatus,
    judge_annotation,
    judge_edit,
    judge_transition,
)
from shiftline.workforce.timeoff.rules.times import merge_times, plan_pieces
from shiftline.workforce.timeoff.store import requests as store
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

    Raises ManagementUnitNotFound, RequestNotFound, StaleVersion, NotAllowedNow, AlreadyOff, BalanceExceeded, Invalid.
    """
    async with context.transaction() as tx:
        unit = await find_management_unit(tx, context.organization_id, target.management_unit_id)
        require(context, EDIT, division_id=unit.division_id)
        current = await _hold(tx, target.request_id, target.person_id)
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
        if changed == current:
            return current
        if current.waits and changed.waits and content_of(changed) != content_of(current):
            changed = await rule_in(tx, changed)
        return await keep_in(tx, current, replace(changed, marked_as_read=False))


async def change_own_request(context: Context, request_id: str, changes: OwnChanges) -> TimeOffRequest:
    """The agent cancels, annotates or marks as read; unchanged when it is so already.

    Raises RequestNotFound, NotAllowedNow, Invalid.
    """
    require(context, SUBMIT)
    async with context.transaction() as tx:
        current = await _hold(tx, request_id, own_person_id(context))
        changed = _with_annotations(current, changes)
        if changed != current:
            _allow(current, judge_annotation(current))
        if changes.cancel and current.status is not Status.CANCELED:
            changed = _with_status(tx, changed, Status.CANCELED)
        if changes.marked_as_read is not None:
            changed = replace(changed, marked_as_read=changes.marked_as_read)
        return current if changed == current else await keep_in(tx, current, changed)


async def _hold(tx: Transaction, request_id: str, person_id: str) -> TimeOffRequest:
    """The request, after whatever else takes or frees a place in its unit, which never changes."""
    found = await store.find_request(tx, tx.context.organization_id, request_id)
    if found is not None:
        await store.queue_places(tx, found.management_unit_id)
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
