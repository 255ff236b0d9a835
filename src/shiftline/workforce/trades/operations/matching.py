"""An offer is taken: judged by all rules, then approved at once, left to a review, or refused with what stands against."""

from dataclasses import dataclass, replace

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.decision import Reason
from shiftline.foundation.errors import Invalid, Problem
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.schedule.operations.exchanging import (
    Exchange,
    Handover,
    exchange_shifts_in,
    hold_schedules_in,
)
from shiftline.workforce.trades.errors import StaleVersion, TradeImpossible, TradeNotFound
from shiftline.workforce.trades.model import (
    Finding,
    Judgement,
    Match,
    Mode,
    Ruling,
    Shift,
    State,
    Trade,
)
from shiftline.workforce.trades.operations.judging import Parties, find_calendar, judge_trade, read_parties
from shiftline.workforce.trades.operations.offering import MINE, PARTICIPATE, check_unheld, keep_state
from shiftline.workforce.trades.rules.states import as_of, judge_transition, move
from shiftline.workforce.trades.store import trades as store
from shiftline.workforce.units.errors import ManagementUnitNotFound
from shiftline.workforce.units.model import Agent
from shiftline.workforce.units.operations.agents import find_agent

REASON = "Shift trade"


@dataclass(frozen=True, slots=True)
class Taking:
    """Which offer the caller takes at which version, and the shift that they give for it, if any.

    ``shift_field`` and ``schedule_field`` name where the shift stands in the request.
    """

    trade_id: str
    version: int
    shift_id: str | None = None
    schedule_id: str | None = None
    shift_field: str = "receivingShiftId"
    schedule_field: str = "receivingSchedule.id"


@dataclass(frozen=True, slots=True)
class MatchOutcome:
    """The trade after the wish, and what the rules say. ``judgement.verdict`` refuse: the trade is as it was."""

    trade: Trade
    judgement: Judgement


async def match_trade(context: Context, taking: Taking, management_unit_id: str = MINE) -> MatchOutcome:
    """The caller takes an offer; the same wish again changes nothing.

    Raises AgentNotFound, ManagementUnitNotFound (it is not the caller's), TradeNotFound, StaleVersion (409, also for
    whoever comes second), OfferHeld (409: a ring that waits for its review uses it), TradeImpossible (409: it would have been approved at once, and the schedule refuses it).
    """
    require(context, PARTICIPATE)
    person_id = own_person_id(context)
    async with context.transaction() as tx:
        agent = await find_agent(tx, context.organization_id, person_id)
        if management_unit_id not in (MINE, agent.management_unit_id):
            raise ManagementUnitNotFound(management_unit_id)
        await store.queue_offers(tx, person_id)
        trade = await store.lock_trade(tx, context.organization_id, taking.trade_id)
        if trade is None or trade.business_unit_id != agent.business_unit_id:
            raise TradeNotFound(taking.trade_id)
        if _is_taken_so(trade, person_id, taking):
            return await _tell_again(tx, trade)
        if trade.version != taking.version:
            raise StaleVersion(as_of(trade, context.now()), taking.version)
        await check_unheld(tx, trade)
        return await _match(tx, trade, agent, taking)


def _is_taken_so(trade: Trade, person_id: str, taking: Taking) -> bool:
    match = trade.match
    if match is None or match.person_id != person_id or trade.state not in (State.MATCHED, State.APPROVED):
        return False
    return (None if match.shift is None else match.shift.id) == taking.shift_id


async def _tell_again(tx: Transaction, trade: Trade) -> MatchOutcome:
    if trade.state is State.MATCHED:
        parties = await read_parties(tx, tx.context, trade.business_unit_id, [trade])
        return MatchOutcome(as_of(trade, tx.context.now()), await judge_trade(tx, tx.context, parties, trade))
    ruling = trade.ruling or Ruling("trade.approved", "The trade is approved.")
    return MatchOutcome(trade, Judgement(Mode.ALLOW, ruling))


async def _match(tx: Transaction, trade: Trade, agent: Agent, taking: Taking) -> MatchOutcome:
    now = tx.context.now()
    current = as_of(trade, now)
    reason = judge_transition(trade, State.MATCHED, now)
    if reason.holds is not True:
        sentence = f"The offer expired at {current.ends_at.isoformat()}."
        told = sentence if current.state is State.EXPIRED else reason.sentence
        return _refused(current, "InvalidState", Reason(reason.code, holds=False, sentence=told))
    given = await _find_given(tx, trade, taking)
    if given is None and taking.shift_id is not None:
        sentence = f"There is no published shift {taking.shift_id} in the schedule {taking.schedule_id}."
        return _refused(
            current, "ReceivingShiftDoesNotExist", Reason("trade.shift.gone", holds=False, sentence=sentence)
        )
    taken = replace(trade, match=Match(agent.person_id, agent.management_unit_id, given, now))
    await hold_schedules_in(tx, schedule_ids_of(taken))
    parties = await read_parties(tx, tx.context, trade.business_unit_id, [taken])
    judgement = await judge_trade(tx, tx.context, parties, taken)
    if judgement.verdict is Mode.REFUSE:
        return MatchOutcome(current, judgement)
    decided = replace(taken, ruling=judgement.ruling)
    state = State.MATCHED
    if judgement.verdict is Mode.ALLOW:
        await apply_trade(tx, decided, parties)
        state = State.APPROVED
    return MatchOutcome(await keep_state(tx, move(decided, state, tx.context.actor.id, now), trade.state), judgement)


def _refused(trade: Trade, violation: str, reason: Reason) -> MatchOutcome:
    finding = Finding(violation, Mode.REFUSE, reason)
    return MatchOutcome(trade, Judgement(Mode.REFUSE, Ruling(reason.code, reason.sentence), (finding,)))


async def _find_given(tx: Transaction, trade: Trade, taking: Taking) -> Shift | None:
    if taking.shift_id is None:
        return None
    if taking.schedule_id is None:
        sentence = f"is required beside {taking.shift_field}."
        raise Invalid(Problem(taking.schedule_field, sentence, "trade.schedule.missing"))
    organization_id = tx.context.organization_id
    calendar = await find_calendar(tx, organization_id, trade.business_unit_id)
    return await store.find_shift(tx, organization_id, taking.schedule_id, taking.shift_id, calendar)


def schedule_ids_of(trade: Trade) -> set[str]:
    """The schedules that a trade changes."""
    given = None if trade.match is None else trade.match.shift
    return {trade.shift.schedule_id} | (set() if given is None else {given.schedule_id})


async def apply_trade(tx: Transaction, trade: Trade, parties: Parties) -> None:
    """Both shifts go to their new agents in one go. Raises TradeImpossible with what the schedule has against it."""
    match = trade.match
    assert match is not None
    initiator, taker = parties.agents[trade.person_id], parties.agents[match.person_id]
    handovers = [hand_over("initiatingShift", trade.shift, initiator, taker)]
    if match.shift is not None:
        handovers.append(hand_over("receivingShift", match.shift, taker, initiator))
    try:
        await exchange_shifts_in(tx, Exchange(tuple(handovers), f"{REASON} {trade.id}"))
    except Invalid as error:
        raise TradeImpossible(trade, error.message) from error


def hand_over(field: str, shift: Shift, giver: Agent, taker: Agent) -> Handover:
    """A traded shift on its way; ``field`` names it in refusals."""
    return Handover(field, shift.schedule_id, shift.id, shift.span, giver, taker)
