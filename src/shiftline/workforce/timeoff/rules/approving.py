"""What a plan decides of a request, and why: one rule after the other, the first that has something to say decides. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from shiftline.foundation.time import DAY, Interval, Zone, day_bounds, day_of, find_zone
from shiftline.workforce.schedule.model import Shift
from shiftline.workforce.timeoff.model import (
    Days,
    Limit,
    OverrideType,
    Plan,
    Ruling,
    Status,
    Substatus,
    TimeOffRequest,
)
from shiftline.workforce.timeoff.model.balances import Overdraft
from shiftline.workforce.timeoff.rules.limits import Shortage, list_runs


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when a request is decided.

    ``shifts`` are the agent's in force around the request, ``planned`` the spans for which schedules are in force at all.
    ``limit`` is the management unit's, with its first ``shortage`` for this request. ``overdraft`` is where the
    agent's balance has too little left for it, None when it has enough or none is kept.
    """

    plan: Plan | None
    now: datetime
    zone: Zone
    limit: Limit | None = None
    shortage: Shortage | None = None
    shifts: Sequence[Shift] = ()
    planned: Sequence[Interval] = ()
    overdraft: Overdraft | None = None


Rule: TypeAlias = Callable[[TimeOffRequest, Plan, Facts], Ruling | None]


def decide(request: TimeOffRequest, facts: Facts) -> Ruling:
    """What becomes of a request that awaits a decision: approved, in the wait list, or with a person; and why."""
    plan = facts.plan
    if plan is None:
        return _leave(Substatus.MANUAL_APPROVAL, "timeoff.plan.none", "No time-off plan decides it; an approver does.")
    for rule in RULES:
        ruling = rule(request, plan, facts)
        if ruling is not None:
            return ruling
    return _ruling(plan, Status.APPROVED, Substatus.AUTO_APPROVED, "timeoff.auto", _praise(plan))


def judge_rule(request: TimeOffRequest, plan: Plan, facts: Facts) -> Ruling | None:
    """A plan that never approves by itself leaves everything to a person."""
    del request, facts
    if plan.approval_rule != "Never":
        return None
    sentence = f"The plan {plan.name} approves nothing by itself; an approver decides."
    return _leave(Substatus.MANUAL_APPROVAL, "timeoff.plan.never", sentence, plan)


def judge_blocked_dates(request: TimeOffRequest, plan: Plan, facts: Facts) -> Ruling | None:
    """On a plan's blocked dates nothing is approved without a person."""
    day = _find_override(request, plan, facts.zone, OverrideType.BLOCKED)
    if day is None:
        return None
    return _leave(Substatus.BLOCKED_DATE, "timeoff.date.blocked", f"{day} is blocked by the plan {plan.name}.", plan)


def judge_review_dates(request: TimeOffRequest, plan: Plan, facts: Facts) -> Ruling | None:
    """On a plan's dates of review a person decides."""
    day = _find_override(request, plan, facts.zone, OverrideType.MANUAL_REVIEW)
    if day is None:
        return None
    sentence = f"The plan {plan.name} wants a person to look at {day}."
    return _leave(Substatus.REVIEW_DATE, "timeoff.date.review", sentence, plan)


def judge_balance(request: TimeOffRequest, plan: Plan, facts: Facts) -> Ruling | None:
    """What is asked must be left in the agent's balance, where one is kept."""
    del request
    if facts.overdraft is None:
        return None
    return _leave(Substatus.INSUFFICIENT_BALANCE, "timeoff.balance.exceeded", facts.overdraft.sentence, plan)


def judge_activities(request: TimeOffRequest, plan: Plan, facts: Facts) -> Ruling | None:
    """No restricted activity of the agent's shifts may lie under the time off."""
    if not plan.approval_rule.checks_codes:
        return None
    for piece in request.pieces:
        for shift in facts.shifts:
            for activity in shift.activities:
                if activity.code_id in plan.restricted_code_ids and Interval(activity.start, activity.end).overlaps(
                    piece.span
                ):
                    sentence = (
                        f"A restricted activity of the plan {plan.name} (code {activity.code_id}) lies at "
                        f"{activity.start:%Y-%m-%dT%H:%MZ} under the time off."
                    )
                    return _leave(
                        Substatus.OVERLAPS_RESTRICTED_ACTIVITY_CODE, "timeoff.activity.restricted", sentence, plan
                    )
    return None


def judge_shifts(request: TimeOffRequest, plan: Plan, facts: Facts) -> Ruling | None:
    """A part of a day must touch a shift wherever a schedule is in force; where none is, anything may be asked."""
    if not plan.approval_rule.checks_codes:
        return None
    for piece in request.pieces:
        if piece.day is not None or not any(span.encloses(piece.span) for span in facts.planned):
            continue
        if not any(shift.span.overlaps(piece.span) for shift in facts.shifts):
            sentence = f"The part of {piece.starts_at:%Y-%m-%dT%H:%MZ} lies outside every shift in force."
            return _leave(Substatus.OUTSIDE_SHIFT, "timeoff.shift.outside", sentence, plan)
    return None


def judge_daily_duration(request: TimeOffRequest, plan: Plan, facts: Facts) -> Ruling | None:
    """A whole day off is no longer than the shifts that start on the day, if there are any."""
    if not plan.approval_rule.checks_codes:
        return None
    for piece in request.pieces:
        if piece.day is None:
            continue
        planned = sum(shift.minutes for shift in facts.shifts if piece.span.contains(shift.start))
        if 0 < planned < piece.minutes:
            sentence = (
                f"{piece.minutes} minutes are asked for on {piece.day}, and the shifts of the day last {planned}."
            )
            return _leave(Substatus.INVALID_DAILY_DURATION, "timeoff.day.longer.than.shift", sentence, plan)
    return None


def judge_limit(request: TimeOffRequest, plan: Plan, facts: Facts) -> Ruling | None:
    """Where a limit is checked there is one, with room; what finds none waits, unless it is too late to wait."""
    if not plan.approval_rule.checks_limits:
        return None
    if facts.limit is None:
        sentence = f"The plan {plan.name} checks limits, and the management unit has none; an approver decides."
        return _leave(Substatus.MANUAL_APPROVAL, "timeoff.limit.none", sentence, plan)
    if facts.shortage is None:
        return None
    if not may_wait(request, plan, facts.now):
        sentence = f"{facts.shortage.sentence}, and nobody waits in the last {plan.days_before_start} days before."
        return _leave(Substatus.ADVANCE_TIME_ELAPSED, "timeoff.limit.full.late", _sentence(sentence), plan)
    return _leave(Substatus.WAITLISTED, "timeoff.limit.full", _sentence(f"{facts.shortage.sentence}: it waits."), plan)


RULES: tuple[Rule, ...] = (
    judge_rule,
    judge_blocked_dates,
    judge_review_dates,
    judge_balance,
    judge_activities,
    judge_shifts,
    judge_daily_duration,
    judge_limit,
)


def may_wait(request: TimeOffRequest, plan: Plan, now: datetime) -> bool:
    """Whether a request may (still) stand in the wait list."""
    return now < request.pieces[0].starts_at - plan.days_before_start * DAY


def expire(plan: Plan | None) -> Ruling:
    """A request leaves the wait list because its time has come near; a person may still decide it."""
    days = 0 if plan is None else plan.days_before_start
    sentence = f"No place became free until {days} days before its start; it does not wait any more."
    return _leave(Substatus.REMOVED_FROM_WAITLIST, "timeoff.waitlist.expired", sentence, plan)


def runs_of_request(request: TimeOffRequest) -> list[Days]:
    """The local days that a request touches, those that follow each other as one range."""
    zone = find_zone(request.zone)
    return list_runs(sorted({piece.day or day_of(piece.starts_at, zone) for piece in request.pieces}))


def _find_override(request: TimeOffRequest, plan: Plan, zone: Zone, kind: OverrideType) -> date | None:
    for day, type_ in sorted(plan.overrides.items()):
        if type_ is kind and any(
            piece.day == day if piece.day is not None else piece.span.overlaps(day_bounds(day, zone))
            for piece in request.pieces
        ):
            return day
    return None


def _praise(plan: Plan) -> str:
    looked_at = {
        "Always": "approves everything",
        "CheckLimits": "found room within the limit",
        "CheckActivityCodes": "found no activity in the way",
        "CheckLimitsAndActivityCodes": "found room within the limit and no activity in the way",
    }[plan.approval_rule]
    return f"Approved automatically: the plan {plan.name} {looked_at}."


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _leave(substatus: Substatus, code: str, sentence: str, plan: Plan | None = None) -> Ruling:
    return _ruling(plan, Status.PENDING, substatus, code, sentence)


def _ruling(plan: Plan | None, status: Status, substatus: Substatus, code: str, sentence: str) -> Ruling:
    return Ruling(status, substatus, code, sentence, None if plan is None else plan.id)
