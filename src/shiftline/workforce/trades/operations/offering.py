"""A shift is offered; an offer is taken back, or expires."""

from dataclasses import dataclass, replace

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.decision import Reason
from shiftline.foundation.ids import new_id
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.trades.errors import (
    AlreadyOffered,
    OfferHeld,
    OfferRefused,
    OfferTaken,
    ShiftNotFound,
    StaleVersion,
    TradeNotFound,
)
from shiftline.workforce.trades.events import OfferChanged, TradeOffered, TradeStateChanged
from shiftline.workforce.trades.model import (
    Calendar,
    Offer,
    OfferChange,
    OfferSnapshot,
    Shift,
    State,
    Trade,
    TradeSettings,
)
from shiftline.workforce.trades.rules.offering import change_of, is_same_offer, judge_free, judge_offer
from shiftline.workforce.trades.rules.states import as_of, judge_own_transition, move
from shiftline.workforce.trades.store import cycles
from shiftline.workforce.trades.store import trades as store
from shiftline.workforce.units.errors import ManagementUnitNotFound
from shiftline.workforce.units.model import Agent
from shiftline.workforce.units.operations.agents import find_agent, find_agents
from shiftline.workforce.units.operations.business_units import find_business_unit

PARTICIPATE = "wfm:agentShiftTradeRequest:participate"
BATCH = 500
"""Offers that expire in one transaction."""
MINE = "mine"  # stands for the caller's management unit


async def offer_shift(context: Context, offer: Offer, management_unit_id: str = MINE) -> tuple[Trade, bool]:
    """The caller offers a shift: the trade, and whether it is new; the same offer again is the same trade.

    Raises AgentNotFound, ManagementUnitNotFound (it is not the caller's), ShiftNotFound, OfferRefused (all rules that
    refuse), AlreadyOffered.
    """
    require(context, PARTICIPATE)
    person_id = own_person_id(context)
    async with context.transaction() as tx:
        agent = await find_agent(tx, context.organization_id, person_id)
        if management_unit_id not in (MINE, agent.management_unit_id):
            raise ManagementUnitNotFound(management_unit_id)
        await store.queue_offers(tx, person_id)
        shift = await _find_shift(tx, agent, offer)
        standing = await _find_open_trade(tx, shift)
        if standing is not None and is_same_offer(standing, offer, person_id):
            return standing, False
        snapshot = await _take_snapshot(tx, agent, shift, standing, offer)
        _judge(offer, snapshot, judge_offer(offer, snapshot, context.now()))
        trade = _compose(context, agent, shift, offer)
        await store.insert_trade(tx, trade)
        tx.record(TradeOffered(organization_id=context.organization_id, trade_id=trade.id, trade=trade))
        return trade, True


def _judge(offer: Offer, snapshot: OfferSnapshot, reasons: tuple[Reason, ...]) -> None:
    refusals = [reason for reason in reasons if reason.holds is not True]
    if not refusals:
        return
    taken = judge_free(offer, snapshot, snapshot.agent.since)
    if snapshot.open_trade is not None and refusals == [taken]:
        raise AlreadyOffered(taken, snapshot.open_trade)
    raise OfferRefused(refusals)


async def _find_shift(tx: Transaction, agent: Agent, offer: Offer) -> Shift:
    organization_id = tx.context.organization_id
    unit = await find_business_unit(tx, organization_id, agent.business_unit_id)
    calendar = Calendar(unit.zone, unit.start_day_of_week)
    shift = await store.find_shift(tx, organization_id, offer.schedule_id, offer.shift_id, calendar)
    if shift is None:
        raise ShiftNotFound(offer.shift_id)
    return shift


async def _find_open_trade(tx: Transaction, shift: Shift) -> Trade | None:
    """The shift's open offer; one whose expiry has come is noticed here and stands no longer in the way."""
    trade = await store.find_open_trade(tx, shift)
    if trade is not None and as_of(trade, tx.context.now()).state is State.EXPIRED:
        await _expire(tx, trade, tx.context.organization_id)
        return None
    return trade


async def _take_snapshot(
    tx: Transaction, agent: Agent, shift: Shift, open_trade: Trade | None, offer: Offer
) -> OfferSnapshot:
    target = None
    if offer.target_person_id is not None:
        found = await find_agents(tx, tx.context.organization_id, [offer.target_person_id])
        target = found.get(offer.target_person_id)
    return OfferSnapshot(
        agent=agent,
        settings=TradeSettings.of(agent.management_unit_settings),
        shift=shift,
        open_trade=open_trade,
        week_offers=await store.count_week_offers(tx, agent.person_id, shift),
        target=target,
    )


def _compose(context: Context, agent: Agent, shift: Shift, offer: Offer) -> Trade:
    by, now = context.actor.id, context.now()
    return Trade(
        id=new_id(),
        state=State.UNMATCHED,
        business_unit_id=agent.business_unit_id,
        management_unit_id=agent.management_unit_id,
        person_id=agent.person_id,
        shift=shift,
        acceptable=tuple(sorted(offer.acceptable)),
        target_person_id=offer.target_person_id,
        expires_at=offer.expires_at or shift.span.start,
        review_note=offer.review_note,
        created_by=by,
        created_at=now,
        changed_by=by,
        changed_at=now,
    )


async def check_unheld(tx: Transaction, trade: Trade) -> None:
    """No ring that waits for its review uses a locked offer. Raises OfferHeld."""
    holder = await cycles.find_holder_of(tx, tx.context.organization_id, trade.id)
    if holder is not None and tx.context.now() < holder.expires_at:
        raise OfferHeld(trade, holder)


async def change_offer(context: Context, trade_id: str, change: OfferChange, management_unit_id: str = MINE) -> Trade:
    """The initiator changes what they ask for with an open offer, from whom, or until when; what is so already stays so.

    Raises TradeNotFound, ManagementUnitNotFound, StaleVersion, OfferTaken, OfferHeld (409), OfferRefused, ShiftNotFound.
    """
    require(context, PARTICIPATE)
    person_id, now = own_person_id(context), context.now()
    async with context.transaction() as tx:
        agent = await find_agent(tx, context.organization_id, person_id)
        if management_unit_id not in (MINE, agent.management_unit_id):
            raise ManagementUnitNotFound(management_unit_id)
        await store.queue_offers(tx, person_id)
        trade = await store.lock_trade(tx, context.organization_id, trade_id)
        if trade is None or trade.person_id != person_id:
            raise TradeNotFound(trade_id)
        offer = change_of(trade, change)
        if is_same_offer(trade, offer, person_id):
            return as_of(trade, now)
        if trade.version != change.version:
            raise StaleVersion(as_of(trade, now), change.version)
        if as_of(trade, now).state is not State.UNMATCHED:
            raise OfferTaken(as_of(trade, now))
        await check_unheld(tx, trade)
        snapshot = await _take_snapshot(tx, agent, await _find_shift(tx, agent, offer), None, offer)
        # The offer itself is none too many.
        _judge(offer, replace(snapshot, week_offers=0), judge_offer(offer, replace(snapshot, week_offers=0), now))
        changed = replace(
            trade,
            acceptable=tuple(sorted(offer.acceptable)),
            target_person_id=offer.target_person_id,
            expires_at=offer.expires_at or trade.shift.span.start,
            review_note=offer.review_note,
            changed_by=context.actor.id,
            changed_at=now,
            version=trade.version + 1,
        )
        await store.change_offer(tx, changed)
        tx.record(OfferChanged(organization_id=context.organization_id, trade_id=trade.id, former=trade, trade=changed))
        return changed


@dataclass(frozen=True, slots=True)
class StateOutcome:
    """The trade after a wish for another state; ``refusal`` says why it did not move."""

    trade: Trade
    refusal: Reason | None = None


async def change_own_state(context: Context, trade_id: str, state: State, version: int) -> StateOutcome:
    """The initiator moves their trade; a state it has already is no change. Raises TradeNotFound, StaleVersion."""
    require(context, PARTICIPATE)
    person_id = own_person_id(context)
    async with context.transaction() as tx:
        trade = await store.lock_trade(tx, context.organization_id, trade_id)
        if trade is None or trade.person_id != person_id:
            raise TradeNotFound(trade_id)
        current = as_of(trade, context.now())
        if current.state is state:
            return StateOutcome(current)
        if trade.version != version:
            raise StaleVersion(current, version)
        reason = judge_own_transition(trade, state, context.now())
        if reason.holds is not True:
            return StateOutcome(current, reason)
        return StateOutcome(await keep_state(tx, move(trade, state, context.actor.id, context.now()), trade.state))


async def expire_trades(context: Context) -> int:
    """End the next open offers whose expiry has come, in all organizations; how many: call it until there is none."""
    async with context.transaction() as tx:
        due = await store.lock_due(tx, BATCH)
        for organization_id, trade_id in due:
            trade = await store.lock_trade(tx, organization_id, trade_id)
            assert trade is not None
            await _expire(tx, trade, organization_id)
        return len(due)


async def _expire(tx: Transaction, trade: Trade, organization_id: str) -> None:
    moved = move(trade, State.EXPIRED, tx.context.actor.id, tx.context.now())
    await keep_state(tx, moved, trade.state, organization_id)


async def keep_state(tx: Transaction, moved: Trade, former: State, organization_id: str | None = None) -> Trade:
    """Keep a trade in its new state, and tell of it; in the actor's organization unless another is named."""
    organization_id = organization_id or tx.context.organization_id
    await store.update_trade(tx, moved, organization_id)
    tx.record(TradeStateChanged(organization_id=organization_id, trade_id=moved.id, former_state=former, trade=moved))
    return moved
