"""A request's new state is kept: the one way to it for whoever decides, with everything that follows in the same
transaction: balances, schedules, news, and whoever waits for the place that became free.

The order in which a transaction waits for others is always the same: the places of management units, the requests, the
approvals of people, balances, schedules.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from shiftline.foundation.context import SYSTEM
from shiftline.foundation.database import Transaction
from shiftline.foundation.time import Interval
from shiftline.workforce.schedule.operations.absences import hold_weeks_in
from shiftline.workforce.timeoff.errors import AlreadyOff, BalanceExceeded
from shiftline.workforce.timeoff.events import (
    ApprovedTimeOffChanged,
    TimeOffChanged,
    TimeOffEntered,
    TimeOffRequested,
)
from shiftline.workforce.timeoff.model import Status, TimeOffRequest
from shiftline.workforce.timeoff.operations.carrying import carry_in
from shiftline.workforce.timeoff.operations.deciding import rule_in
from shiftline.workforce.timeoff.rules.balances import find_overdraft, list_moves, settle
from shiftline.workforce.timeoff.rules.revisions import approved_time_changed, list_freed, revise
from shiftline.workforce.timeoff.store import balances
from shiftline.workforce.timeoff.store import requests as store


async def file_in(tx: Transaction, request: TimeOffRequest, *, any_state: bool) -> tuple[TimeOffRequest, bool]:
    """A new request is kept; an equal one that is there already is answered instead, and False. Raises AlreadyOff,
    BalanceExceeded.
    """
    equal = await store.find_equal_request(tx, request, any_state=any_state)
    if equal is not None:
        return equal, False
    if request.status is Status.APPROVED:
        await store.queue_approvals(tx, request.person_id)
        await refuse_overlap_in(tx, request)
    if not await store.insert_request(tx, request):
        # An equal one was filed between the two statements.
        equal = await store.find_equal_request(tx, request, any_state=any_state)
        assert equal is not None
        return equal, False
    if request.ruling is not None:
        await store.save_ruling(tx, request)
    if request.status is Status.APPROVED:
        await _settle(tx, None, request)
        request = await carry_in(tx, None, request)
    kind = TimeOffEntered if request.status is Status.APPROVED else TimeOffRequested
    tx.record(
        kind(
            organization_id=tx.context.organization_id,
            request_id=request.id,
            person_id=request.person_id,
            request=request,
        )
    )
    return request, True


async def keep_in(tx: Transaction, former: TimeOffRequest, latter: TimeOffRequest) -> TimeOffRequest:
    """A request in its new state, and whoever waited for what it frees. Raises AlreadyOff, BalanceExceeded, Invalid."""
    # The read mark alone is no revision: an approver's version stays good when the agent has a look.
    only_read = replace(latter, marked_as_read=former.marked_as_read) == former
    if only_read:
        return await _keep(tx, former, latter)
    kept = revise(former, latter, tx.context.actor.id, tx.context.now())
    freed = list_freed(former, kept)
    waiting = await find_waiting_in(tx, former.management_unit_id, freed) if freed else []
    waiting = [each for each in waiting if each.id != former.id]
    if waiting:
        await hold_in(tx, [former, kept, *waiting])
    kept = await _keep(tx, former, kept)
    await fill_in(tx, [each.id for each in waiting])
    return kept


async def find_waiting_in(
    tx: Transaction, management_unit_id: str, spans: Sequence[Interval] | None
) -> list[TimeOffRequest]:
    """Who waits in a unit, in order, for time around any of the spans (None: for whatever)."""
    waiting = await store.list_waiting(tx, tx.context.organization_id, management_unit_id)
    if spans is None:
        return waiting
    return [each for each in waiting if any(piece.span.overlaps(span) for piece in each.pieces for span in spans)]


async def hold_in(tx: Transaction, requests: Collection[TimeOffRequest]) -> None:
    """Hold at once whatever several requests may change, before the first of them changes anything."""
    if not requests:
        return
    await store.queue_approvals(tx, *(each.person_id for each in requests))
    for unit_id in sorted({each.business_unit_id for each in requests}):
        spans = [each.span for each in requests if each.business_unit_id == unit_id]
        span = Interval(min(each.start for each in spans), max(each.end for each in spans))
        await hold_weeks_in(tx, unit_id, span)


async def fill_in(tx: Transaction, request_ids: Sequence[str]) -> list[TimeOffRequest]:
    """Decide who waits anew, in this order: the first that fits has the place, and the next what is left. Who was approved.

    Their places, people and weeks are held.
    """
    approved: list[TimeOffRequest] = []
    for request_id in request_ids:
        current = await store.lock_request(tx, request_id)
        if current is None or not current.waits:
            continue
        ruled = await rule_in(tx, current)
        if ruled.status is Status.APPROVED and await store.find_approved_overlap(tx, ruled) is not None:
            continue  # its agent is off then already: an approver must look at it
        if (ruled.status, ruled.substatus) == (current.status, current.substatus):
            continue
        kept = await keep_by_system(tx, current, ruled)
        if kept.status is Status.APPROVED:
            approved.append(kept)
    return approved


async def keep_by_system(tx: Transaction, former: TimeOffRequest, latter: TimeOffRequest) -> TimeOffRequest:
    """A waiting request in the state that a plan, or time, brought it to; its agent has not read that."""
    unread = replace(latter, marked_as_read=False)
    return await _keep(tx, former, revise(former, unread, SYSTEM, tx.context.now()))


async def refuse_overlap_in(tx: Transaction, request: TimeOffRequest) -> None:
    """Refuse time that another approved request of the person covers. Raises AlreadyOff."""
    other = await store.find_approved_overlap(tx, request)
    if other is not None:
        raise AlreadyOff(other)


async def _keep(tx: Transaction, former: TimeOffRequest, kept: TimeOffRequest) -> TimeOffRequest:
    await _judge_others(tx, former, kept)
    await store.update_request(tx, kept)
    if kept.ruling is not None and kept.ruling != former.ruling:
        await store.save_ruling(tx, kept)
    await _settle(tx, former, kept)
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
        await refuse_overlap_in(tx, request)


async def _settle(tx: Transaction, former: TimeOffRequest | None, latter: TimeOffRequest) -> None:
    """Take from the agent's balances what is approved now, and give back what no longer is. Raises BalanceExceeded."""
    moves = list_moves(former, latter)
    if not moves:
        return
    accounts = await balances.lock_accounts(tx, [latter.person_id], list(moves))
    for (_, code_id), account in sorted(accounts.items()):
        moved = moves[code_id]
        # The request is stored already: what is read of the approved has it.
        before = {day: account.takings.get(day, 0) - moved.get(day, 0) for day in {*account.takings, *moved}}
        overdraft = find_overdraft(replace(account, takings=before), moved)
        if overdraft is not None:
            raise BalanceExceeded(overdraft)
        changed = [now for was, now in zip(account.periods, settle(account), strict=True) if now != was]
        await balances.save_balances(tx, changed)
