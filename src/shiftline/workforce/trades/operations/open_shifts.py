"""Open shifts are taken: judged by the rules of trades, then approved at once or left to a review, in one write with the
schedule.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from shiftline.authorization.operations import may, require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Invalid
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.schedule.errors import OpenShiftGone, OpenShiftNotFound, StaleOpenShift
from shiftline.workforce.schedule.model import Revised
from shiftline.workforce.schedule.model.open_shifts import OpenShift, OpenShiftFilter, OpenShiftState, Taker
from shiftline.workforce.schedule.operations.exchanging import (
    Exchange,
    Handover,
    exchange_shifts_in,
    hold_schedules_in,
)
from shiftline.workforce.schedule.operations.opening import find_open_shifts, keep_open_shift_in, lock_open_shifts_in
from shiftline.workforce.trades.errors import OpenShiftHeld, OpenShiftImpossible, OpenShiftRefused
from shiftline.workforce.trades.model import Mode, Role, Ruling
from shiftline.workforce.trades.model.cycles import Market, Stand
from shiftline.workforce.trades.model.open_shifts import Takeable, TakeJudgement
from shiftline.workforce.trades.operations.judging import read_parties_of, read_side
from shiftline.workforce.trades.operations.offering import PARTICIPATE
from shiftline.workforce.trades.operations.reading import find_near_units
from shiftline.workforce.trades.operations.reviewing import EDIT
from shiftline.workforce.trades.rules.open_shifts import judge_take, nobody_of, stand_of
from shiftline.workforce.trades.store import cycles
from shiftline.workforce.trades.store import trades as store
from shiftline.workforce.units.model import Agent
from shiftline.workforce.units.operations.agents import find_agent, find_agents
from shiftline.workforce.units.operations.business_units import find_business_unit
from shiftline.workforce.units.operations.management_units import find_management_unit, find_management_units

SEES_COLLEAGUES = "wfm:agentManagementUnitSchedule:view"
SEES_SCHEDULES = ("wfm:schedule:view", "wfm:publishedSchedule:view")
REASON = "Open shift"


async def stands_of(reader: Reader, organization_id: str, found: Sequence[OpenShift]) -> list[Stand]:
    """Open shifts of one business unit as they stand in a market, in their order."""
    if not found:
        return []
    unit = await find_business_unit(reader, organization_id, found[0].business_unit_id)
    inner = {each.id: each for each in await find_management_units(reader, organization_id, unit.id)}
    return [
        stand_of(each, nobody_of(each, inner[each.management_unit_id], unit.time_zone))
        for each in found
        if each.management_unit_id in inner
    ]


async def list_takeable(context: Context, week_dates: Sequence[date] | None = None) -> list[Takeable]:
    """The open shifts of the caller's management unit, and of others where both units trade with others, that are to come,
    each with what every rule says of the caller taking it and whether a ring holds it; and those that the caller has claimed.

    Raises AgentNotFound, PermissionMissing, Invalid.
    """
    require(context, PARTICIPATE)
    person_id, now = own_person_id(context), context.now()
    async with context.reader() as reader:
        agent = await find_agent(reader, context.organization_id, person_id)
        near = await find_near_units(reader, context, agent)
        wanted = OpenShiftFilter(
            business_unit_id=agent.business_unit_id,
            management_unit_ids=near,
            week_dates=week_dates,
            states=(OpenShiftState.OPEN, OpenShiftState.CLAIMED),
            after=now,
        )
        found = await find_open_shifts(reader, context.organization_id, wanted)
        shown = await _judge_all(reader, context, agent, [each for each in found if _is_for(each, person_id)])
        ids = [each.open_shift.id for each in shown]
        held = await cycles.list_held(reader, context.organization_id, ids, now)
        return [replace(each, held_until=held.get(each.open_shift.id)) for each in shown]


def _is_for(open_shift: OpenShift, person_id: str) -> bool:
    """Whether it is open for somebody, or theirs already."""
    if open_shift.state is OpenShiftState.OPEN:
        return open_shift.in_force
    return open_shift.taker is not None and open_shift.taker.person_id == person_id


async def _judge_all(
    reader: Reader, context: Context, agent: Agent, found: Sequence[OpenShift], *, reviewing: bool = False
) -> list[Takeable]:
    """What the rules say of an agent taking each of some open shifts of their business unit."""
    weeks = {each.week_date for each in found}
    parties = await read_parties_of(reader, context, agent.business_unit_id, [agent.person_id], weeks)
    if not found:
        return []
    scope = (reader, context.organization_id)
    taker = await read_side(scope, parties, (Role.RECEIVING, agent, None), None)
    judged: dict[str, TakeJudgement] = {}
    for stand in await stands_of(reader, context.organization_id, found):
        market = Market((stand,), parties.calendar, parties.codes)
        assert stand.open_shift is not None
        # What the taker has claimed waits for its review: they see what the reviewer will.
        asked = reviewing or stand.open_shift.state is OpenShiftState.CLAIMED
        judged[stand.open_shift.id] = judge_take(stand, taker, market, context.now(), reviewing=asked)
    return [Takeable(each, judged[each.id]) for each in found if each.id in judged]


@dataclass(frozen=True, slots=True)
class Wish:
    """Which open shift, at the version that was read."""

    open_shift_id: str
    version: int


async def take_open_shift(context: Context, wish: Wish) -> Takeable:
    """The caller takes an open shift: it is theirs at once, or claimed until a review; the same wish again changes nothing.

    Raises AgentNotFound, OpenShiftNotFound, OpenShiftGone (409, for whoever comes second), StaleOpenShift (409),
    OpenShiftHeld (409: a ring that waits for its review begins with it), OpenShiftRefused (each rule that refuses), OpenShiftImpossible (409: the schedule refuses it).
    """
    require(context, PARTICIPATE)
    person_id = own_person_id(context)
    async with context.transaction() as tx:
        agent = await find_agent(tx, context.organization_id, person_id)
        await store.queue_offers(tx, person_id)
        near = await find_near_units(tx, context, agent)
        former = await _lock(tx, wish.open_shift_id)
        if former.business_unit_id != agent.business_unit_id or former.management_unit_id not in near:
            raise OpenShiftNotFound(wish.open_shift_id)
        current = former.as_of(context.now())
        if current.taker is not None and current.taker.person_id == person_id:
            return Takeable(current)
        if current.state is not OpenShiftState.OPEN:
            raise OpenShiftGone(current, told=await _may_know(tx, agent, current))
        if current.version != wish.version:
            raise StaleOpenShift(_hide(current, agent), wish.version)
        await _check_unheld(tx, current)
        await hold_schedules_in(tx, [current.schedule_id])
        return await _take(tx, current, agent)


async def _lock(tx: Transaction, open_shift_id: str) -> OpenShift:
    found = (await lock_open_shifts_in(tx, [open_shift_id])).get(open_shift_id)
    if found is None:
        raise OpenShiftNotFound(open_shift_id)
    return found


async def _check_unheld(tx: Transaction, open_shift: OpenShift) -> None:
    """No ring that waits for its review begins with a locked open shift. Raises OpenShiftHeld."""
    holder = await cycles.find_holder_of_open_shift(tx, tx.context.organization_id, open_shift.id)
    if holder is not None and tx.context.now() < holder.expires_at:
        raise OpenShiftHeld(open_shift, holder)


async def _may_know(tx: Transaction, agent: Agent, current: OpenShift) -> bool:
    """Whether the caller may know who took it: planners, the taker's colleagues who may see each other's schedules."""
    unit = await find_business_unit(tx, tx.context.organization_id, current.business_unit_id)
    if any(may(tx.context, each, division_id=unit.division_id) for each in SEES_SCHEDULES):
        return True
    taker = current.taker
    near = taker is not None and taker.management_unit_id == agent.management_unit_id
    return near and may(tx.context, SEES_COLLEAGUES)


def _hide(current: OpenShift, agent: Agent) -> OpenShift:
    """An open shift whose last change may have been a colleague's claim: that is for planners to know."""
    taken_back = current.changed_by not in (current.opened_by, agent.person_id)
    return replace(current, changed_by=current.opened_by) if taken_back else current


async def _take(tx: Transaction, former: OpenShift, agent: Agent) -> Takeable:
    (judged,) = await _judge_all(tx, tx.context, agent, [former])
    judgement = judged.judgement
    assert judgement is not None
    if judgement.verdict is Mode.REFUSE:
        raise OpenShiftRefused([each for each in judgement.broken if each.mode is Mode.REFUSE])
    now = tx.context.now()
    claimed = taken_by(former, agent, now, judgement.ruling)
    if judgement.verdict is Mode.REVIEW:
        return Takeable(await keep_open_shift_in(tx, claimed, former), judgement)
    return Takeable(await _hand_out(tx, claimed, agent, former), judgement)


async def _hand_out(tx: Transaction, claimed: OpenShift, agent: Agent, former: OpenShift) -> OpenShift:
    """The shift becomes the taker's by the one write of swaps and trades, and it is open no more."""
    try:
        done = await exchange_shifts_in(tx, Exchange((hand_out(claimed, agent),), _why(claimed)))
    except Invalid as error:
        raise OpenShiftImpossible(claimed, error.message) from error
    return await keep_open_shift_in(tx, settle(claimed, done), former)


def _why(open_shift: OpenShift) -> str:
    return f"{REASON} {open_shift.id}" + (f": {open_shift.reason}" if open_shift.reason else "")


def hand_out(open_shift: OpenShift, agent: Agent, field: str = "openShift") -> Handover:
    """An open shift on its way to its taker."""
    shift = open_shift.shift
    return Handover(field, open_shift.schedule_id, shift.id, shift.span, None, agent, open_shift)


def taken_by(open_shift: OpenShift, agent: Agent, now: datetime, ruling: Ruling) -> OpenShift:
    """It with its taker, before its schedule has changed."""
    taker = Taker(agent.person_id, agent.management_unit_id, now)
    return replace(open_shift, state=OpenShiftState.CLAIMED, taker=taker, ruling=(ruling.code, ruling.sentence))


def settle(claimed: OpenShift, done: Sequence[Revised]) -> OpenShift:
    """It is its taker's by the revision of its schedule that was made."""
    assert claimed.taker is not None
    revision = next(each.schedule.version for each in done if each.schedule.id == claimed.schedule_id)
    return replace(claimed, state=OpenShiftState.TAKEN, taker=replace(claimed.taker, revision=revision))


async def release_open_shift(context: Context, wish: Wish) -> Takeable:
    """The caller gives a claim back that waits for its review; one that is open already stays so.

    Raises OpenShiftNotFound (also when somebody else's), StaleOpenShift, OpenShiftGone (409).
    """
    require(context, PARTICIPATE)
    person_id = own_person_id(context)
    async with context.transaction() as tx:
        former = await _lock(tx, wish.open_shift_id)
        taker = former.taker
        if taker is None or taker.person_id != person_id:
            raise OpenShiftNotFound(wish.open_shift_id)
        current = former.as_of(context.now())
        if current.state is not OpenShiftState.CLAIMED:
            raise OpenShiftGone(current, told=True)
        if current.version != wish.version:
            raise StaleOpenShift(current, wish.version)
        given_back = replace(current, state=OpenShiftState.OPEN, taker=None, ruling=None)
        return Takeable(await keep_open_shift_in(tx, given_back, former))


async def review_open_shift(context: Context, wish: Wish, *, approve: bool) -> Takeable:
    """Approve a claim, which makes the shift its taker's, or deny it, which leaves it open for others.

    Raises OpenShiftNotFound, PermissionMissing, StaleOpenShift, OpenShiftGone, OpenShiftRefused (what cannot be undone
    stands against it; the claim stays), OpenShiftImpossible (409).
    """
    async with context.transaction() as tx:
        former = await _lock(tx, wish.open_shift_id)
        await _require_review(tx, former)
        current = former.as_of(context.now())
        if approve and current.state is OpenShiftState.TAKEN:
            return Takeable(current)
        if current.state is not OpenShiftState.CLAIMED:
            raise OpenShiftGone(current, told=True)
        if current.version != wish.version:
            raise StaleOpenShift(current, wish.version)
        taker = current.taker
        assert taker is not None
        if not approve:
            why = ("open.shift.denied", "Whoever reviews trades denied the last claim.")
            denied = replace(current, state=OpenShiftState.OPEN, taker=None, ruling=why)
            return Takeable(await keep_open_shift_in(tx, denied, former))
        await hold_schedules_in(tx, [current.schedule_id])
        agent = await find_agent(tx, context.organization_id, taker.person_id)
        (judged,) = await _judge_all(tx, context, agent, [current], reviewing=True)
        assert judged.judgement is not None
        if judged.judgement.verdict is Mode.REFUSE:
            raise OpenShiftRefused([each for each in judged.judgement.broken if each.mode is Mode.REFUSE])
        sentence = f"Whoever reviews trades approved it. {judged.judgement.ruling.sentence}"
        decided = replace(current, ruling=("open.shift.approved", sentence))
        return Takeable(await _hand_out(tx, decided, agent, former), judged.judgement)


async def _require_review(tx: Transaction, open_shift: OpenShift) -> None:
    """The caller may decide in the management unit that it was opened for, and in its taker's."""
    units = [open_shift.management_unit_id]
    if open_shift.taker is not None:
        units.append(open_shift.taker.management_unit_id)
    for unit_id in dict.fromkeys(units):
        unit = await find_management_unit(tx, tx.context.organization_id, unit_id)
        require(tx.context, EDIT, division_id=unit.division_id)


async def list_claims(context: Context, business_unit_id: str) -> list[Takeable]:
    """The claims of a business unit that wait for a review, with what the rules say of each.

    Raises BusinessUnitNotFound, PermissionMissing, Invalid.
    """
    async with context.reader() as reader:
        organization_id = context.organization_id
        unit = await find_business_unit(reader, organization_id, business_unit_id)
        require(context, "wfm:shiftTradeRequest:view", EDIT, division_id=unit.division_id)
        wanted = OpenShiftFilter(business_unit_id=unit.id, states=(OpenShiftState.CLAIMED,), after=context.now())
        found = await find_open_shifts(reader, organization_id, wanted)
        takers = [each.taker.person_id for each in found if each.taker is not None]
        agents = await find_agents(reader, organization_id, takers) if takers else {}
        shown: list[Takeable] = []
        for each in found:
            agent = agents.get("" if each.taker is None else each.taker.person_id)
            if agent is None or agent.business_unit_id != unit.id:
                shown.append(Takeable(each))
            else:
                shown += await _judge_all(reader, context, agent, [each], reviewing=True)
        return shown
