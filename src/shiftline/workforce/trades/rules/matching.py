"""Whether a match is good, and who decides it: the rules of the trade as a whole, all rules in a table, and the fold.

The rules of the agents' work plans stand in ``planned``. A rule that does not hold is allowed, needs a review or refuses, as the table and the management units' settings say;
of both units the stricter counts. Refusal stands before review, review before automatic approval.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from shiftline.foundation.decision import Reason
from shiftline.foundation.time import DAY
from shiftline.workforce.trades.model import (
    WHO,
    Finding,
    Judgement,
    MatchSnapshot,
    Mode,
    Role,
    Ruling,
    Side,
    State,
    Trade,
    TradeSettings,
)
from shiftline.workforce.trades.rules import limits, sides
from shiftline.workforce.trades.rules.paying import weigh_pay
from shiftline.workforce.trades.rules.planned import list_plan_findings
from shiftline.workforce.trades.rules.sides import told
from shiftline.workforce.trades.rules.states import as_of
from shiftline.workforce.units.model import Agent

WEEK = 7 * DAY


def judge_open(snapshot: MatchSnapshot, now: datetime) -> Reason:
    """The trade is still open, or waits for its review."""
    trade = as_of(snapshot.trade, now)
    sentence = f"The trade is {trade.state}."
    if trade.state is State.EXPIRED:
        sentence = f"The trade expired at {snapshot.trade.ends_at.isoformat()}."
    return told("trade.not.open", sentence, holds=trade.state in (State.UNMATCHED, State.MATCHED))


def judge_self(snapshot: MatchSnapshot, now: datetime) -> Reason:
    """Nobody trades with themselves."""
    del now
    holds = snapshot.initiating.agent.person_id != snapshot.receiving.agent.person_id
    return told("trade.self", "A shift cannot be traded with yourself.", holds=holds)


def judge_target(snapshot: MatchSnapshot, now: datetime) -> Reason:
    """A direct offer is for its target alone."""
    del now
    holds = snapshot.trade.target_person_id in (None, snapshot.receiving.agent.person_id)
    return told("trade.direct", "The shift is offered to somebody else.", holds=holds)


def judge_enabled(snapshot: MatchSnapshot, now: datetime) -> Reason:
    """Shift trading is on in both management units."""
    del now
    off = [side for side in (snapshot.initiating, snapshot.receiving) if not side.settings.enabled]
    units = " and ".join(dict.fromkeys(side.agent.management_unit_id for side in off))
    return told("trade.disabled", f"Shift trading is off in the management unit {units}.", holds=not off)


def judge_business_unit(snapshot: MatchSnapshot, now: datetime) -> Reason:
    """Both agents work in the same business unit: a schedule is of one."""
    del now
    holds = snapshot.initiating.agent.business_unit_id == snapshot.receiving.agent.business_unit_id
    return told("trade.business.unit", "The two agents work in different business units.", holds=holds)


def judge_management_unit(snapshot: MatchSnapshot, now: datetime) -> Reason:
    """Both agents work in the same management unit, unless both units trade with others."""
    del now
    holds = snapshot.initiating.agent.management_unit_id == snapshot.receiving.agent.management_unit_id
    return told("trade.management.unit", "The two agents work in different management units.", holds=holds)


def judge_no_return(snapshot: MatchSnapshot, now: datetime) -> Reason:
    """For a one-sided offer no shift is given."""
    del now
    holds = not snapshot.trade.one_sided or snapshot.receiving.traded is None
    return told("trade.return.unwanted", "The offer asks for no shift in return: give none.", holds=holds)


def judge_return(snapshot: MatchSnapshot, now: datetime) -> Reason:
    """For a two-sided offer a shift is given."""
    del now
    holds = snapshot.trade.one_sided or snapshot.receiving.traded is not None
    return told("trade.return.missing", "The offer asks for a shift in return: name one of yours.", holds=holds)


def judge_one_sided(snapshot: MatchSnapshot, now: datetime) -> Reason:
    """A shift is given away for nothing only as the management units allow."""
    del now
    return told("trade.one.sided", "The trade is one-sided.", holds=not snapshot.trade.one_sided)


def judge_acceptable(snapshot: MatchSnapshot, now: datetime) -> Reason:
    """The shift given lies within one of the times that the initiator accepts."""
    del now
    given, accepted = snapshot.receiving.traded, snapshot.trade.acceptable
    holds = given is None or not accepted or any(each.encloses(given.span) for each in accepted)
    sentence = "The shift given does not lie within a time that the other agent accepts."
    return told("trade.return.unacceptable", sentence, holds=holds)


def judge_reach(snapshot: MatchSnapshot, now: datetime) -> Reason:
    """The two shifts lie no more weeks apart than the management units allow, six at most."""
    del now
    weeks = min(snapshot.initiating.settings.span_weeks, snapshot.receiving.settings.span_weeks)
    offered, given = snapshot.trade.shift, snapshot.receiving.traded
    apart = timedelta(0) if given is None else abs(given.span.start - offered.span.start)
    return told("trade.reach", f"The two shifts lie more than {weeks} weeks apart.", holds=apart <= weeks * WEEK)


def judge_unequal_paid(snapshot: MatchSnapshot, now: datetime) -> Reason:
    """The two shifts of a trade are paid for the same time."""
    del now
    offered, given = snapshot.initiating.gives, snapshot.receiving.gives
    if offered is None or given is None:
        return told("trade.unequal.paid", "There are no two shifts to compare.", holds=True)
    sentence = f"One shift is paid for {offered.paid_minutes} minutes, the other for {given.paid_minutes}."
    return told("trade.unequal.paid", sentence, holds=offered.paid_minutes == given.paid_minutes)


TradeRule: TypeAlias = Callable[[MatchSnapshot, datetime], Reason]
SideRule: TypeAlias = Callable[[Side, MatchSnapshot, datetime], Reason]
ModeOf: TypeAlias = Callable[[TradeSettings], Mode]


def _refuse(settings: TradeSettings) -> Mode:
    del settings
    return Mode.REFUSE


@dataclass(frozen=True, slots=True)
class Row:
    """A rule with the vendor's word for its breach and what follows. ``taking``: it is judged when an offer is taken
    and not again at the review.
    """

    rule: TradeRule
    violation: str
    mode: ModeOf = _refuse
    taking: bool = False


@dataclass(frozen=True, slots=True)
class SideRow:
    """The same for a rule of each side. ``got``: the breach is named after the shift that the side gets."""

    rule: SideRule
    violation: str
    mode: ModeOf = _refuse
    taking: bool = False
    got: bool = False

    def name(self, role: Role) -> str:
        """The vendor's word for the breach on a side."""
        other = Role.RECEIVING if role is Role.INITIATING else Role.INITIATING
        return self.violation.format(other if self.got else role)


TRADE_RULES: tuple[Row, ...] = (
    Row(judge_open, "InvalidState"),
    Row(judge_self, "CannotTradeWithYourself"),
    Row(judge_target, "DirectTradeForOtherUser"),
    Row(judge_enabled, "ShiftTradingNotEnabled", taking=True),
    Row(judge_business_unit, "WeekScheduleDifferent"),
    Row(judge_management_unit, "AgentCapabilityMismatch", lambda settings: settings.across_units, taking=True),
    Row(judge_no_return, "ReceivingShiftForOneSidedTrade"),
    Row(judge_return, "ReceivingShiftMissingForTwoSidedTrade"),
    Row(judge_one_sided, "OneSidedTradeCreation", lambda settings: settings.one_sided, taking=True),
    Row(judge_acceptable, "ReceivingShiftOutsideAcceptableIntervals"),
    Row(judge_reach, "WeekScheduleDifferent", taking=True),
    Row(judge_unequal_paid, "UnequalPaidTime", lambda settings: settings.unequal_paid, taking=True),
)
SIDE_RULES: tuple[SideRow, ...] = (
    SideRow(sides.judge_standing, "{}ShiftDoesNotExist"),
    SideRow(sides.judge_times, "{}ShiftTimesChanged"),
    SideRow(sides.judge_future, "{}ShiftStartTooClose"),
    SideRow(sides.judge_notice, "{}ShiftStartTooClose", taking=True),
    SideRow(sides.judge_single, "InvalidState"),
    SideRow(sides.judge_bound, "{}ShiftHasExternalActivities"),
    SideRow(sides.judge_categories, "{}ShiftDisallowedActivityCategory", taking=True),
    SideRow(sides.judge_overlap, "{}ShiftOverlapsExisting", got=True),
    SideRow(sides.judge_time_off, "{}ShiftOverlapsExisting", got=True),
    SideRow(
        sides.judge_unavailable, "{}ShiftOverlapsExisting", lambda settings: settings.unavailable, taking=True, got=True
    ),
    SideRow(sides.judge_rest, "{}AgentMinimumTimeBetweenShifts", lambda settings: settings.rest, taking=True),
    SideRow(limits.judge_turnaround, "{}NightTurnaround", lambda settings: settings.turnaround, taking=True),
    SideRow(limits.judge_locked, "{}ShiftInLockedPeriod", taking=True),
    SideRow(limits.judge_meetings, "{}ShiftHasMeetings", lambda settings: settings.meetings, taking=True),
    SideRow(limits.judge_minor, "{}AgentIsMinor", lambda settings: settings.minors),
    SideRow(limits.judge_overtime, "{}Overtime", lambda settings: settings.overtime, taking=True),
    SideRow(limits.judge_wishes, "{}AgentPreferences", lambda settings: settings.wishes, taking=True),
    SideRow(sides.judge_skills, "AgentCapabilityMismatch", lambda settings: settings.skills, taking=True),
    SideRow(sides.judge_weekly_minimum, "{}WeeklyMinPaidTime", lambda settings: settings.weekly_minimum, taking=True),
    SideRow(sides.judge_weekly_maximum, "{}WeeklyMaxPaidTime", lambda settings: settings.weekly_maximum, taking=True),
)
STRANGERS = frozenset({"DirectTradeForOtherUser", "CannotTradeWithYourself"})
STRICT = (Mode.ALLOW, Mode.REVIEW, Mode.REFUSE)


def judge_match(snapshot: MatchSnapshot, now: datetime, *, reviewing: bool = False) -> Judgement:
    """What all rules say of a match. ``reviewing``: a person decides, whom only what cannot be undone stops."""
    both = (snapshot.initiating, snapshot.receiving)
    findings = (
        *list_breaches(snapshot, now, TRADE_RULES, reviewing=reviewing),
        *list_side_breaches(snapshot, now, both, reviewing=reviewing),
    )
    verdict, ruling = fold(findings, automatic=all(side.settings.auto_review for side in both))
    if not STRANGERS.isdisjoint(finding.violation for finding in findings):
        return Judgement(verdict, ruling, findings)  # what the others work and are paid is not for a stranger
    return Judgement(
        verdict=verdict,
        ruling=ruling,
        findings=findings,
        unevaluated=tuple(_list_unevaluated(snapshot)),
        pay={side.role: weigh_pay(side, snapshot) for side in both},
        receives={side.role: snapshot.other(side).gives for side in both},
        wishes={side.role: limits.weigh_wishes(side, snapshot) for side in both},
    )


def judge_agents(trade: Trade, initiating: Agent | None, receiving: Agent | None) -> Judgement | None:
    """Both sides are agents of a management unit still. None: they are."""
    if initiating is not None and receiving is not None:
        return None
    role = Role.INITIATING if initiating is None else Role.RECEIVING
    sentence = f"{WHO[role].capitalize()} works in no management unit any more (trade {trade.id})."
    reason = told("trade.agent.gone", sentence, holds=False)
    finding = Finding(f"{role}AgentScheduleDoesNotExist", Mode.REFUSE, reason)
    return Judgement(Mode.REFUSE, Ruling(reason.code, reason.sentence), (finding,))


def list_breaches(
    snapshot: MatchSnapshot, now: datetime, rules: Iterable[Row], *, reviewing: bool = False
) -> Iterable[Finding]:
    """The rules of a trade as a whole that do not hold; of both units' settings the stricter counts."""
    both = (snapshot.initiating, snapshot.receiving)
    for row in rules:
        reason = row.rule(snapshot, now)
        if reason.holds is not True:
            mode = max((row.mode(side.settings) for side in both), key=STRICT.index)
            yield Finding(row.violation, _soften(mode, reviewing=reviewing and row.taking), reason)


def list_side_breaches(
    snapshot: MatchSnapshot, now: datetime, sides_judged: Iterable[Side], *, reviewing: bool = False
) -> Iterable[Finding]:
    """The rules of a side that do not hold, rule by rule for all sides that are judged."""
    judged = tuple(sides_judged)
    for row in SIDE_RULES:
        for side in judged:
            reason = row.rule(side, snapshot, now)
            if reason.holds is not True:
                mode = _soften(row.mode(side.settings), reviewing=reviewing and row.taking)
                yield Finding(row.name(side.role), mode, reason)
    for side in judged:
        for finding in list_plan_findings(side, snapshot.other(side).gives, snapshot.calendar):
            yield replace(finding, mode=_soften(finding.mode, reviewing=reviewing))


def _soften(mode: Mode, *, reviewing: bool) -> Mode:
    """At the review, what was judged when the offer was taken is for the reviewer to weigh."""
    return Mode.REVIEW if reviewing and mode is Mode.REFUSE else mode


def fold(findings: Sequence[Finding], *, automatic: bool) -> tuple[Mode, Ruling]:
    """What follows from some findings, and the rule that decides it."""
    for mode in (Mode.REFUSE, Mode.REVIEW):
        decisive = next((finding.reason for finding in findings if finding.mode is mode), None)
        if decisive is not None:
            return mode, Ruling(decisive.code, decisive.sentence)
    if automatic:
        sentence = "Every rule holds or is waived, and trades are approved automatically then."
        return Mode.ALLOW, Ruling("trade.automatic", sentence)
    return Mode.REVIEW, Ruling("trade.reviewed", "Trades are approved by a person in this management unit.")


def _list_unevaluated(snapshot: MatchSnapshot) -> Iterable[str]:
    for side in (snapshot.initiating, snapshot.receiving):
        pay = weigh_pay(side, snapshot)
        if pay.minimum is None:
            yield f"{side.role}WeeklyMinPaidTime"
        if pay.maximum is None:
            yield f"{side.role}WeeklyMaxPaidTime"
