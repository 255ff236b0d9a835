"""Whether somebody may take an open shift: the rules of trades for whoever gets a shift, and some of the open shift alone. Pure.

An open shift is seen as an offer for nothing by nobody: no rule asks what its former agent or its unit would be paid.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from shiftline.foundation.decision import Reason
from shiftline.workforce.schedule.model.open_shifts import OpenShift, OpenShiftState
from shiftline.workforce.trades.model import (
    WHO,
    Calendar,
    Finding,
    Held,
    MatchSnapshot,
    Mode,
    Role,
    Shift,
    Side,
    State,
    Trade,
    TradeSettings,
)
from shiftline.workforce.trades.model.cycles import Market, Stand
from shiftline.workforce.trades.model.open_shifts import TakeJudgement
from shiftline.workforce.trades.rules import limits, matching, sides
from shiftline.workforce.trades.rules.matching import SIDE_RULES, STRICT, TRADE_RULES, Row, fold
from shiftline.workforce.trades.rules.paying import weigh_pay
from shiftline.workforce.trades.rules.planned import PLAN_RULES, judge_plan
from shiftline.workforce.trades.rules.sides import HOUR, told
from shiftline.workforce.units.model import Agent, ManagementUnit

OF_TAKING: Final = tuple(
    row
    for row in TRADE_RULES
    if row.rule in (matching.judge_enabled, matching.judge_business_unit, matching.judge_management_unit)
)
"""Rules of a trade as a whole that an open shift has to keep. It is no one-sided trade: nobody gives it away."""
OF_THE_TAKER: Final = tuple(
    row
    for row in SIDE_RULES
    if row.rule
    in (
        sides.judge_overlap,
        sides.judge_time_off,
        sides.judge_unavailable,
        sides.judge_rest,
        limits.judge_turnaround,
        limits.judge_minor,
        limits.judge_overtime,
        limits.judge_wishes,
        sides.judge_skills,
        sides.judge_weekly_minimum,
        sides.judge_weekly_maximum,
    )
)
STATES: Final = {
    OpenShiftState.OPEN: State.UNMATCHED,
    OpenShiftState.CLAIMED: State.MATCHED,
    OpenShiftState.TAKEN: State.APPROVED,
    OpenShiftState.WITHDRAWN: State.CANCELED,
    OpenShiftState.EXPIRED: State.EXPIRED,
}
BECAME: Final = {
    OpenShiftState.OPEN: "open",
    OpenShiftState.CLAIMED: "claimed by somebody, and waits for a review",
    OpenShiftState.TAKEN: "taken",
    OpenShiftState.WITHDRAWN: "withdrawn",
    OpenShiftState.EXPIRED: "expired: it has begun",
}


def nobody_of(open_shift: OpenShift, unit: ManagementUnit, business_unit_time_zone: str) -> Agent:
    """The one who would work an open shift if it were theirs: nobody, in the management unit that it was opened for."""
    return Agent(
        person_id=f"open-shift:{open_shift.id}",
        management_unit_id=unit.id,
        business_unit_id=open_shift.business_unit_id,
        division_id=unit.division_id,
        time_zone=unit.time_zone,
        business_unit_time_zone=business_unit_time_zone,
        schedulable=True,
        since=open_shift.opened_at,
        management_unit_settings=unit.settings,
    )


def stand_of(open_shift: OpenShift, nobody: Agent) -> Stand:
    """An open shift in a market."""
    traded = shift_of(open_shift, nobody)
    side = Side(
        role=Role.INITIATING,
        agent=nobody,
        settings=TradeSettings.of(nobody.management_unit_settings),
        traded=traded,
        found=traded if open_shift.in_force else None,
        work=(Held(open_shift.schedule_id, open_shift.shift),),
    )
    trade = Trade(
        id=open_shift.id,
        state=STATES[open_shift.state],
        business_unit_id=open_shift.business_unit_id,
        management_unit_id=open_shift.management_unit_id,
        person_id=nobody.person_id,
        shift=traded,
        acceptable=(),
        target_person_id=None,
        expires_at=open_shift.shift.start,
        review_note=open_shift.reason,
        created_by=open_shift.opened_by,
        created_at=open_shift.opened_at,
        changed_by=open_shift.changed_by,
        changed_at=open_shift.changed_at,
        version=open_shift.version,
    )
    return Stand(side, trade, (), open_shift)


def shift_of(open_shift: OpenShift, nobody: Agent) -> Shift:
    """It as this room names shifts."""
    return Shift(
        id=open_shift.shift.id,
        schedule_id=open_shift.schedule_id,
        schedule_week_date=open_shift.schedule_week_date,
        person_id=nobody.person_id,
        span=open_shift.shift.span,
        week_date=open_shift.week_date,
    )


def judge_open(open_shift: OpenShift, now: datetime) -> Reason:
    """It is open still: nobody has taken or claimed it, no planner has withdrawn it, and it has not begun."""
    state = open_shift.as_of(now).state
    sentence = f"The open shift {open_shift.id} is {BECAME[state]}."
    return told("open.shift.not.open", sentence, holds=state is OpenShiftState.OPEN)


def judge_in_force(open_shift: OpenShift, now: datetime) -> Reason:
    """Its schedule is in force, and nobody works it."""
    del now
    sentence = (
        f"The open shift {open_shift.id} cannot be worked: its schedule is no longer in force, or somebody works the shift "
        "again since an earlier revision was put into force."
    )
    return told("open.shift.stands", sentence, holds=open_shift.in_force)


def judge_notice(open_shift: OpenShift, taker: Side, now: datetime) -> Reason:
    """It is taken with the notice of the taker's management unit before its start."""
    notice, start = taker.settings.notice, open_shift.shift.start
    sentence = f"The open shift starts in less than the notice of {notice / HOUR:g} hours."
    return told("open.shift.notice", sentence, holds=not now < start < now + notice)


def judge_queues(open_shift: OpenShift, taker: Side) -> Reason:
    """Whoever takes it is a member of the queues that it is for."""
    missing = [each for each in open_shift.queue_ids if each not in taker.queue_ids]
    sentence = f"{WHO[Role.RECEIVING].capitalize()} is not in the queues of the shift: {', '.join(missing) or 'none'}."
    return told("open.shift.queues", sentence, holds=not missing, queue_ids=list(missing))


def list_own_verdicts(open_shift: OpenShift, now: datetime) -> Iterator[Finding]:
    """What there is to say of an open shift alone."""
    yield Finding("InvalidState", Mode.REFUSE, judge_open(open_shift, now))
    yield Finding("InitiatingShiftDoesNotExist", Mode.REFUSE, judge_in_force(open_shift, now))


def list_taker_verdicts(open_shift: OpenShift, taker: Side, now: datetime, *, reviewing: bool) -> Iterator[Finding]:
    """What an open shift asks of its taker beyond what every shift does."""
    notice = Mode.REVIEW if reviewing else Mode.REFUSE
    queues = Mode.REVIEW if reviewing and taker.settings.queues is Mode.REFUSE else taker.settings.queues
    yield Finding("InitiatingShiftStartTooClose", notice, judge_notice(open_shift, taker, now))
    yield Finding("AgentCapabilityMismatch", queues, judge_queues(open_shift, taker))


def judge_take(stand: Stand, taker: Side, market: Market, now: datetime, *, reviewing: bool = False) -> TakeJudgement:
    """What all rules say of somebody taking an open shift and giving nothing. ``reviewing``: a person decides, whom only
    what cannot be undone stops.
    """
    assert stand.open_shift is not None
    assert stand.trade is not None
    open_shift = stand.open_shift
    # At the review the shift is claimed, by this taker.
    standing = replace(open_shift, state=OpenShiftState.OPEN) if reviewing else open_shift
    snapshot = MatchSnapshot(stand.trade, stand.side, taker, market.calendar, market.codes)
    verdicts = (
        *list_own_verdicts(standing, now),
        *list_taker_verdicts(open_shift, taker, now, reviewing=reviewing),
        *_list_trade_verdicts(snapshot, now, OF_TAKING, reviewing=reviewing),
        *_list_side_verdicts(snapshot, now, reviewing=reviewing),
        *_list_plan_verdicts(snapshot.receiving, stand, market.calendar, reviewing=reviewing),
    )
    automatic = taker.settings.auto_review and stand.side.settings.auto_review
    verdict, ruling = fold([each for each in verdicts if each.reason.holds is not True], automatic=automatic)
    return TakeJudgement(
        verdict=verdict,
        ruling=ruling,
        verdicts=verdicts,
        pay=weigh_pay(taker, snapshot),
        wishes=limits.weigh_wishes(taker, snapshot),
    )


def _list_trade_verdicts(
    snapshot: MatchSnapshot, now: datetime, rules: Sequence[Row], *, reviewing: bool
) -> Iterator[Finding]:
    both = (snapshot.initiating, snapshot.receiving)
    for row in rules:
        mode = max((row.mode(side.settings) for side in both), key=STRICT.index)
        yield Finding(row.violation, _soften(mode, reviewing=reviewing and row.taking), row.rule(snapshot, now))


def _list_side_verdicts(snapshot: MatchSnapshot, now: datetime, *, reviewing: bool) -> Iterator[Finding]:
    taker = snapshot.receiving
    for row in OF_THE_TAKER:
        mode = _soften(row.mode(taker.settings), reviewing=reviewing and row.taking)
        yield Finding(row.name(taker.role), mode, row.rule(taker, snapshot, now))


def _list_plan_verdicts(taker: Side, stand: Stand, calendar: Calendar, *, reviewing: bool) -> Iterator[Finding]:
    for reason in judge_plan(taker, stand.side.gives, calendar):
        row = PLAN_RULES[reason.code]
        mode: Mode = getattr(taker.settings, row.setting)
        sentence = f"For {WHO[taker.role]}: {reason.sentence}"
        yield Finding(
            row.violation.format(taker.role), _soften(mode, reviewing=reviewing), replace(reason, sentence=sentence)
        )


def _soften(mode: Mode, *, reviewing: bool) -> Mode:
    return Mode.REVIEW if reviewing and mode is Mode.REFUSE else mode
