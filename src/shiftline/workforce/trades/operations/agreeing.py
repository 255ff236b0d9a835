"""A proposed ring of trades is answered by each of its people, reviewed where a rule asks for it, and applied as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Conflict, Invalid
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.schedule.model.open_shifts import OpenShift, OpenShiftFilter
from shiftline.workforce.schedule.operations.exchanging import Exchange, exchange_shifts_in, hold_schedules_in
from shiftline.workforce.schedule.operations.opening import find_open_shifts, keep_open_shift_in, lock_open_shifts_in
from shiftline.workforce.trades.errors import CycleClosed, CycleNotFound, CycleStale
from shiftline.workforce.trades.events import CycleChanged
from shiftline.workforce.trades.model import Match, Mode, Ruling, State, Trade
from shiftline.workforce.trades.model.cycles import Answer, Cycle, CycleState, RingJudgement
from shiftline.workforce.trades.operations.markets import Ring, read_ring
from shiftline.workforce.trades.operations.matching import hand_over
from shiftline.workforce.trades.operations.offering import PARTICIPATE, keep_state
from shiftline.workforce.trades.operations.open_shifts import hand_out, settle, taken_by
from shiftline.workforce.trades.operations.reviewing import EDIT
from shiftline.workforce.trades.rules.rings import APPLIED, judge_ring, tell_end
from shiftline.workforce.trades.rules.states import move
from shiftline.workforce.trades.store import cycles
from shiftline.workforce.trades.store import trades as store
from shiftline.workforce.units.operations.management_units import find_management_unit

BATCH = 200
PENDING = (CycleState.PROPOSED, CycleState.ACCEPTED)
HELD = (CycleState.ACCEPTED, CycleState.APPROVED)
REASON = "Shift trade ring"


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposal as it is now, and, while it is pending, what the rules say of it."""

    cycle: Cycle
    judgement: RingJudgement | None


def as_now(cycle: Cycle, now: datetime) -> Cycle:
    """The proposal as it stands now: one whose end has come undecided is expired, whoever has noticed."""
    if cycle.state in PENDING and cycle.expires_at <= now:
        sentence = f"It expired at {cycle.expires_at.isoformat()}, with the first of its offers."
        return replace(cycle, state=CycleState.EXPIRED, ruling=Ruling("trade.ring.expired", sentence))
    return cycle


async def judge_now(reader: Reader, context: Context, cycle: Cycle) -> Shown:
    """What the rules say of a proposal now; nothing is asked of one that is over."""
    current = as_now(cycle, context.now())
    if current.state not in PENDING:
        return Shown(current, None)
    found = {
        trade_id: trade
        for trade_id in cycle.trade_ids
        if (trade := await store.find_trade(reader, context.organization_id, trade_id)) is not None
    }
    opened = await find_open_shifts(reader, context.organization_id, OpenShiftFilter(ids=cycle.open_shift_ids))
    ring = await read_ring(reader, context, cycle, found, opened[0] if opened else None)
    return Shown(current, _judge(context, cycle, ring, reviewing=False))


def _judge(context: Context, cycle: Cycle, ring: Ring, *, reviewing: bool) -> RingJudgement:
    """What the rules say of a ring; one of whose people is gone is refused."""
    if len(ring.stands) != len(cycle.members) + len(cycle.open_shift_ids):
        sentence = f"Somebody of the ring works in no management unit any more ({', '.join(ring.gone)})."
        return RingJudgement(Mode.REFUSE, Ruling("trade.agent.gone", sentence), ())
    return judge_ring(ring.stands, ring.market, context.now(), reviewing=reviewing)


async def answer_cycle(context: Context, business_unit_id: str, cycle_id: str, *, accept: bool) -> Shown:
    """The caller accepts or declines their part; the same answer again changes nothing. The last acceptance applies the
    ring, or leaves it to a review, as the rules say; where it no longer holds, it is void and says why.

    Raises CycleNotFound (also for whoever has no part in it), CycleClosed (409).
    """
    require(context, PARTICIPATE)
    person_id = own_person_id(context)
    try:
        async with context.transaction() as tx:
            cycle = await _lock(tx, business_unit_id, cycle_id)
            if person_id not in [member.person_id for member in cycle.members]:
                raise CycleNotFound(cycle_id)
            return await _answer(tx, cycle, person_id, Answer.ACCEPTED if accept else Answer.DECLINED)
    except _Impossible as error:
        return await _void_after(context, cycle_id, error.ruling)


class _Impossible(Exception):  # noqa: N818 - it leaves the transaction and never the module
    """The schedule refuses the ring: everything is undone, and the proposal is void."""

    def __init__(self, ruling: Ruling) -> None:
        super().__init__(ruling.sentence)
        self.ruling = ruling


async def _lock(tx: Transaction, business_unit_id: str, cycle_id: str) -> Cycle:
    cycle = await cycles.lock_cycle(tx, tx.context.organization_id, cycle_id)
    if cycle is None or cycle.business_unit_id != business_unit_id:
        raise CycleNotFound(cycle_id)
    return cycle


async def _answer(tx: Transaction, cycle: Cycle, person_id: str, answer: Answer) -> Shown:
    now = tx.context.now()
    standing = next(member.answer for member in cycle.members if member.person_id == person_id)
    if standing is answer:
        return await judge_now(tx, tx.context, cycle)
    current = as_now(cycle, now)
    if current.state is not CycleState.PROPOSED:
        raise CycleClosed(current, "accepted" if answer is Answer.ACCEPTED else "declined")
    members = tuple(
        replace(member, answer=answer, answered_at=now) if member.person_id == person_id else member
        for member in cycle.members
    )
    answered = replace(cycle, members=members)
    if answer is Answer.DECLINED:
        ruling = Ruling("trade.ring.declined", "One of its people declined.")
        return Shown(await _keep(tx, cycle, replace(answered, state=CycleState.DECLINED, ruling=ruling)), None)
    if any(member.answer is not Answer.ACCEPTED for member in members):
        kept = await _keep(tx, cycle, replace(answered, state=CycleState.PROPOSED, ruling=None))
        return await judge_now(tx, tx.context, kept)
    return await _conclude(tx, cycle, answered, reviewing=False)


async def _conclude(tx: Transaction, former: Cycle, cycle: Cycle, *, reviewing: bool) -> Shown:
    """All have accepted: the ring is judged anew as a whole, and applied, left to a review, or void."""
    context = tx.context
    trades = await store.lock_trades(tx, cycle.trade_ids)
    opened = (await lock_open_shifts_in(tx, cycle.open_shift_ids)).get(cycle.open_shift_id or "")
    schedule_ids = {member.shift.schedule_id for member in cycle.members if member.shift is not None}
    await hold_schedules_in(tx, schedule_ids | (set() if opened is None else {opened.schedule_id}))
    ring = await read_ring(tx, context, cycle, trades, opened)
    judgement = _judge(context, cycle, ring, reviewing=reviewing)
    ruling = judgement.ruling
    holder = await cycles.find_holder(tx, context.organization_id, cycle)
    if holder is not None:
        sentence = f"One of its offers, or its open shift, is used by another ring ({holder}) that all of its people accepted before."
        return Shown(
            await _keep(tx, former, replace(cycle, state=CycleState.VOID, ruling=Ruling("trade.ring.used", sentence))),
            judgement,
        )
    if opened is not None and opened.version != cycle.open_shift_version and judgement.verdict is not Mode.REFUSE:
        sentence = f"The open shift {opened.id} was changed since the ring was proposed."
        ruling = Ruling("trade.ring.open.shift.changed", sentence)
        return Shown(await _keep(tx, former, replace(cycle, state=CycleState.VOID, ruling=ruling)), judgement)
    moved = _find_moved(cycle, trades)
    if judgement.verdict is Mode.REFUSE or moved is not None:
        why = ruling if moved is None else tell_end(moved, cycle.id, context.now())
        return Shown(await _keep(tx, former, replace(cycle, state=CycleState.VOID, ruling=why)), judgement)
    if judgement.verdict is Mode.REVIEW and not reviewing:
        return Shown(await _keep(tx, former, replace(cycle, state=CycleState.ACCEPTED, ruling=ruling)), judgement)
    if reviewing:
        ruling = Ruling("trade.approved", f"Whoever reviews trades approved it. {ruling.sentence}")
    await _apply(tx, cycle, (trades, opened), ring)
    return Shown(await _keep(tx, former, replace(cycle, state=CycleState.APPROVED, ruling=ruling)), judgement)


def _find_moved(cycle: Cycle, trades: Mapping[str, Trade]) -> Trade | None:
    """An offer that is no longer as it was when the ring was proposed."""
    offers = {member.trade_id: member.trade_version for member in cycle.members if member.trade_id is not None}
    return next((trades[each] for each, version in offers.items() if trades[each].version != version), None)


async def _apply(
    tx: Transaction, cycle: Cycle, brought: tuple[Mapping[str, Trade], OpenShift | None], ring: Ring
) -> None:
    """All shifts go to their new agents by the one write of swaps and trades; the offers and the open shift are used up."""
    (trades, opened), count, now = brought, len(cycle.members), tx.context.now()
    by, applied = tx.context.actor.id, f"It was applied as a part of the ring {cycle.id}."
    last = ring.agents[cycle.members[-1].person_id]
    handovers = [
        hand_over(
            f"members[{place}]",
            member.shift,
            ring.agents[member.person_id],
            ring.agents[cycle.members[(place - 1) % count].person_id],
        )
        for place, member in enumerate(cycle.members)
        if member.shift is not None
    ]
    if opened is not None:
        handovers.append(hand_out(opened, last))
    try:
        done = await exchange_shifts_in(tx, Exchange(tuple(handovers), f"{REASON} {cycle.id}"))
    except (Invalid, Conflict) as error:
        sentence = f"The ring cannot be carried out, and nothing was changed: {error.message}"
        raise _Impossible(Ruling("trade.impossible", sentence)) from error
    if opened is not None:
        taken = taken_by(opened, last, now, Ruling("trade.ring.applied", applied))
        await keep_open_shift_in(tx, settle(taken, done), opened)
    for place, member in enumerate(cycle.members):
        if member.trade_id is None:
            continue
        getter = cycle.members[(place - 1) % count]
        match = Match(getter.person_id, getter.management_unit_id, None, now)
        trade = replace(trades[member.trade_id], match=match, ruling=Ruling(APPLIED, applied))
        await keep_state(tx, move(trade, State.APPROVED, by, now), State.UNMATCHED)


async def _keep(tx: Transaction, former: Cycle, cycle: Cycle, organization_id: str = "") -> Cycle:
    """Keep a proposal in its new state, and tell of it; in the actor's organization unless another is named."""
    organization_id = organization_id or tx.context.organization_id
    kept = replace(
        cycle,
        changed_by=tx.context.actor.id,
        changed_at=tx.context.now(),
        version=former.version + 1,
    )
    await cycles.update_cycle(tx, kept, organization_id, held=kept.state in HELD)
    tx.record(CycleChanged(organization_id=organization_id, cycle_id=kept.id, former_state=former.state, cycle=kept))
    return kept


async def _void_after(context: Context, cycle_id: str, ruling: Ruling) -> Shown:
    # The transaction that failed has taken the request's idempotency key back with it.
    async with context.transaction() as tx:
        cycle = await cycles.lock_cycle(tx, context.organization_id, cycle_id)
        if cycle is None:
            raise CycleNotFound(cycle_id)
        if cycle.state not in PENDING:
            return await judge_now(tx, context, cycle)
        return Shown(await _keep(tx, cycle, replace(cycle, state=CycleState.VOID, ruling=ruling)), None)


async def review_cycle(context: Context, business_unit_id: str, cycle_id: str, *, approve: bool, version: int) -> Shown:
    """Approve or deny a ring that all of its people have accepted; what cannot be undone makes it void all the same.

    Raises CycleNotFound, CycleStale, CycleClosed (409), PermissionMissing.
    """
    try:
        async with context.transaction() as tx:
            cycle = await _lock(tx, business_unit_id, cycle_id)
            for unit_id in dict.fromkeys(member.management_unit_id for member in cycle.members):
                unit = await find_management_unit(tx, context.organization_id, unit_id)
                require(context, EDIT, division_id=unit.division_id)
            current = as_now(cycle, context.now())
            if current.state is (CycleState.APPROVED if approve else CycleState.DENIED):
                return Shown(current, None)
            if current.version != version:
                raise CycleStale(current, version)
            if current.state is not CycleState.ACCEPTED:
                raise CycleClosed(current, "approved" if approve else "denied")
            if approve:
                return await _conclude(tx, cycle, cycle, reviewing=True)
            ruling = Ruling("trade.denied", "Whoever reviews trades denied it.")
            return Shown(await _keep(tx, cycle, replace(cycle, state=CycleState.DENIED, ruling=ruling)), None)
    except _Impossible as error:
        return await _void_after(context, cycle_id, error.ruling)


async def end_cycles(context: Context) -> int:
    """End the next proposals whose time is over, or whose offers are no longer open, in all organizations; how many: call
    it until there is none.
    """
    async with context.transaction() as tx:
        over = await cycles.lock_over(tx, BATCH)
        for organization_id, cycle_id in over:
            cycle = await cycles.lock_cycle(tx, organization_id, cycle_id)
            assert cycle is not None
            await _end(tx, cycle, organization_id)
        return len(over)


async def end_cycles_with(context: Context, trade_id: str) -> int:
    """End the proposals with an offer of which something else became, at once, so that nobody waits in vain; how many."""
    ended = 0
    async with context.transaction() as tx:
        for cycle_id in await cycles.list_over_with(tx, context.organization_id, trade_id):
            cycle = await cycles.lock_cycle(tx, context.organization_id, cycle_id)
            if cycle is not None and cycle.state in PENDING:
                await _end(tx, cycle, context.organization_id)
                ended += 1
    return ended


async def _end(tx: Transaction, cycle: Cycle, organization_id: str) -> None:
    """The end of a locked proposal that is over; what is gone of it says more than a time that has come."""
    why = await _find_loss(tx, cycle, organization_id)
    over = as_now(cycle, tx.context.now())
    await _keep(tx, cycle, over if why is None else replace(cycle, state=CycleState.VOID, ruling=why), organization_id)


async def _find_loss(tx: Transaction, cycle: Cycle, organization_id: str) -> Ruling | None:
    """Why a proposal cannot be any more: an offer or the open shift of it is no longer as it was, and not by its time."""
    opened = await cycles.find_moved_open_shift(tx, organization_id, cycle.id)
    if opened is not None:
        open_shift_id, state = opened
        return Ruling("trade.ring.taken", f"The open shift {open_shift_id} is {state}.")
    moved = await cycles.find_moved(tx, organization_id, cycle.id)
    trade = None if moved is None else await store.find_trade(tx, organization_id, moved)
    if trade is None or trade.state is State.EXPIRED:
        return None
    return tell_end(trade, cycle.id, tx.context.now())
