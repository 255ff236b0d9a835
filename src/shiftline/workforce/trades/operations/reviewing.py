"""Matched trades are evaluated, approved or denied by whoever reviews them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Conflict
from shiftline.foundation.ids import new_id
from shiftline.workforce.schedule.operations.exchanging import hold_schedules_in
from shiftline.workforce.trades.errors import StaleVersion, TradeNotFound
from shiftline.workforce.trades.events import TradesReviewed
from shiftline.workforce.trades.model import Judgement, Mode, Reviewed, Ruling, State, Trade, TradeFilter
from shiftline.workforce.trades.operations.judging import judge_trade, read_parties
from shiftline.workforce.trades.operations.matching import apply_trade, schedule_ids_of
from shiftline.workforce.trades.operations.offering import keep_state
from shiftline.workforce.trades.operations.reading import list_own_trades, list_trades, list_trades_of_unit
from shiftline.workforce.trades.rules.states import as_of, judge_transition, move
from shiftline.workforce.trades.store import trades as store
from shiftline.workforce.units.operations.business_units import find_business_unit
from shiftline.workforce.units.operations.management_units import find_management_unit

EDIT = "wfm:shiftTradeRequest:edit"


@dataclass(frozen=True, slots=True)
class Wish:
    """Which state a trade shall have, and the version at which the reviewer has read it."""

    trade_id: str
    state: State
    version: int


@dataclass(frozen=True, slots=True)
class Review:
    """What became of some wishes, in their order, under one id."""

    id: str
    outcomes: tuple[Reviewed, ...]


async def review_trades(context: Context, business_unit_id: str, wishes: Sequence[Wish]) -> Review:
    """Approve or deny trades of a business unit, each for itself: what does not go says why and stops no other.

    Raises BusinessUnitNotFound, TradeNotFound (nothing is done then), PermissionMissing.
    """
    async with context.reader() as reader:
        unit = await find_business_unit(reader, context.organization_id, business_unit_id)
        trades = [await _find(reader, context, wish.trade_id) for wish in wishes]
        for trade in trades:
            if trade.business_unit_id != unit.id:
                raise TradeNotFound(trade.id)
        if not trades:
            require(context, EDIT, division_id=unit.division_id)
    return await _review(context, wishes, trades)


async def review_trades_of_unit(context: Context, management_unit_id: str, wishes: Sequence[Wish]) -> Review:
    """The same for trades of a management unit. Raises ManagementUnitNotFound, TradeNotFound, PermissionMissing."""
    async with context.reader() as reader:
        unit = await find_management_unit(reader, context.organization_id, management_unit_id)
        trades = [await _find(reader, context, wish.trade_id) for wish in wishes]
        for trade in trades:
            if trade.management_unit_id != unit.id:
                raise TradeNotFound(trade.id)
        require(context, EDIT, division_id=unit.division_id)
    return await _review(context, wishes, trades)


async def _find(reader: Reader, context: Context, trade_id: str) -> Trade:
    """A trade that the caller may decide: where both of its agents work. Raises TradeNotFound, PermissionMissing."""
    trade = await store.find_trade(reader, context.organization_id, trade_id)
    if trade is None:
        raise TradeNotFound(trade_id)
    for unit_id in unit_ids_of(trade):
        unit = await find_management_unit(reader, context.organization_id, unit_id)
        require(context, EDIT, division_id=unit.division_id)
    return trade


def unit_ids_of(trade: Trade) -> list[str]:
    """The management units of a trade's sides, each once."""
    other = trade.management_unit_id if trade.match is None else trade.match.management_unit_id
    return list(dict.fromkeys((trade.management_unit_id, other)))


async def _review(context: Context, wishes: Sequence[Wish], trades: Sequence[Trade]) -> Review:
    operation_id = new_id()
    # Each trade in a transaction of its own; the request's idempotency key is claimed once, by what tells of them all.
    each_alone = Context(context.database, context.clock, context.actor, context.correlation_id)
    outcomes = [await _review_one(each_alone, wish, trade) for wish, trade in zip(wishes, trades, strict=True)]
    async with context.transaction() as tx:
        for unit_id, week_date in dict.fromkeys((trade.management_unit_id, trade.shift.week_date) for trade in trades):
            of_week = tuple(
                outcome
                for outcome in outcomes
                if (outcome.trade.management_unit_id, outcome.trade.shift.week_date) == (unit_id, week_date)
            )
            tx.record(
                TradesReviewed(
                    organization_id=context.organization_id,
                    management_unit_id=unit_id,
                    operation_id=operation_id,
                    week_date=week_date,
                    outcomes=of_week,
                )
            )
    return Review(operation_id, tuple(outcomes))


async def _review_one(context: Context, wish: Wish, trade: Trade) -> Reviewed:
    try:
        async with context.transaction() as tx:
            return await _decide(tx, wish)
    except Conflict as refusal:
        async with context.reader() as reader:
            current = await store.find_trade(reader, context.organization_id, wish.trade_id)
        told = Ruling(refusal.code, refusal.message)
        return Reviewed(as_of(current or trade, context.now()), told)


async def _decide(tx: Transaction, wish: Wish) -> Reviewed:
    context, now = tx.context, tx.context.now()
    trade = await store.lock_trade(tx, context.organization_id, wish.trade_id)
    if trade is None:
        raise TradeNotFound(wish.trade_id)
    current = as_of(trade, now)
    if current.state is wish.state and wish.state in (State.APPROVED, State.DENIED):
        return Reviewed(current)
    if trade.version != wish.version:
        raise StaleVersion(current, wish.version)
    reason = judge_transition(trade, wish.state, now)
    if wish.state not in (State.APPROVED, State.DENIED) or reason.holds is not True:
        sentence = f"A trade that is {current.state} cannot be made {wish.state} by a review."
        return Reviewed(current, Ruling("trade.transition.not.allowed", sentence))
    ruling = Ruling("trade.denied", "Whoever reviews trades denied it.")
    if wish.state is State.APPROVED:
        await hold_schedules_in(tx, schedule_ids_of(trade))
        parties = await read_parties(tx, context, trade.business_unit_id, [trade])
        judgement = await judge_trade(tx, context, parties, trade, reviewing=True)
        if judgement.verdict is Mode.REFUSE:
            return _stopped(current, judgement)
        await apply_trade(tx, trade, parties)
        ruling = Ruling("trade.approved", f"Whoever reviews trades approved it. {judgement.ruling.sentence}")
    moved = move(trade, wish.state, context.actor.id, now)
    decided = replace(moved, reviewed_by=context.actor.id, reviewed_at=now, ruling=ruling)
    return Reviewed(await keep_state(tx, decided, trade.state))


def _stopped(trade: Trade, judgement: Judgement) -> Reviewed:
    finding = next(each for each in judgement.findings if each.mode is Mode.REFUSE)
    return Reviewed(trade, judgement.ruling, finding.violation)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A matched trade and what the rules say of it now."""

    trade: Trade
    judgement: Judgement


async def evaluate_trades(
    context: Context,
    business_unit_id: str,
    management_unit_ids: Sequence[str] | None,
    week_dates: Sequence[date] | None,
) -> list[Evaluated]:
    """The matched trades that wait for a review. Raises as ``list_trades``."""
    wanted = TradeFilter(management_unit_ids=management_unit_ids, week_dates=week_dates, states=[State.MATCHED])
    return await _evaluate(context, await list_trades(context, business_unit_id, wanted))


async def evaluate_week(
    context: Context, management_unit_id: str, week_date: date
) -> list[tuple[Trade, Judgement | None]]:
    """All trades of a management unit's week, the matched ones judged. Raises as ``list_trades_of_unit``."""
    trades = await list_trades_of_unit(context, management_unit_id, TradeFilter(week_dates=[week_date]))
    return _pair(trades, await _evaluate(context, trades))


async def evaluate_own_trades(
    context: Context, week_dates: Sequence[date] | None
) -> list[tuple[Trade, Judgement | None]]:
    """The trades in which the caller has a part, the matched ones judged: both sides see what they would be paid while
    the offer can still be taken back. Raises as ``list_own_trades``.
    """
    trades = await list_own_trades(context, week_dates)
    return _pair(trades, await _evaluate(context, trades))


def _pair(trades: Sequence[Trade], evaluated: Sequence[Evaluated]) -> list[tuple[Trade, Judgement | None]]:
    judged = {each.trade.id: each.judgement for each in evaluated}
    return [(trade, judged.get(trade.id)) for trade in trades]


async def _evaluate(context: Context, trades: Sequence[Trade]) -> list[Evaluated]:
    matched = [trade for trade in trades if trade.state is State.MATCHED]
    evaluated: list[Evaluated] = []
    async with context.reader() as reader:
        for unit_id in dict.fromkeys(trade.business_unit_id for trade in matched):
            of_unit = [trade for trade in matched if trade.business_unit_id == unit_id]
            parties = await read_parties(reader, context, unit_id, of_unit)
            evaluated += [Evaluated(each, await judge_trade(reader, context, parties, each)) for each in of_unit]
    return evaluated
