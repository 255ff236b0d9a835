"""A management unit's rules for trades."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from shiftline.workforce.schedule.rules.fitness import LEAST_REST_MINUTES, least_rest_minutes
from shiftline.workforce.units.model import ActivityCategory


class Mode(StrEnum):
    """What follows when a rule does not hold, in the vendor's words."""

    ALLOW = "Allow"
    REVIEW = "AdminReview"
    REFUSE = "Disallow"


@dataclass(frozen=True, slots=True)
class LockedPeriod:
    """Days, both included, whose shifts change hands no more, and why."""

    first: date
    last: date
    reason: str


@dataclass(frozen=True, slots=True)
class TradeSettings:
    """A management unit's rules for trades: the vendor's ShiftTradeSettings, and some of our own.

    Ours, in the same group: ``acrossManagementUnits`` (a mode; trades with other units of the business unit),
    ``weeklyMinimumPaidMinutes`` and ``weeklyMaximumPaidMinutes`` (None: those of the agent's work plan, if they have
    one); modes for what the vendor has none: ``workPlanViolations``, ``unavailableTimes``, ``preferences``,
    ``overtimeViolations`` (with ``overtimeMinutesPerWeek``), ``nightTurnaroundViolations`` (with
    ``nightTurnaroundMinutes``), ``meetingsAndTraining``, ``minors``; ``lockedPeriods``, each with ``startDate``,
    ``endDate`` (days of the unit, both included) and ``reason``; and ``ringSearchMinutes``, how often rings are looked
    for without anybody's asking (0 or none: never).
    """

    enabled: bool = True
    auto_review: bool = False
    allow_direct_trades: bool = True
    one_sided: Mode = Mode.ALLOW
    unequal_paid: Mode = Mode.REVIEW
    weekly_minimum: Mode = Mode.REVIEW
    weekly_maximum: Mode = Mode.REVIEW
    rest: Mode = Mode.REVIEW
    work_plan: Mode = Mode.REVIEW
    unavailable: Mode = Mode.REVIEW
    wishes: Mode = Mode.ALLOW
    overtime: Mode = Mode.REVIEW
    turnaround: Mode = Mode.REVIEW
    meetings: Mode = Mode.REVIEW
    minors: Mode = Mode.REFUSE
    skills: Mode = Mode.REVIEW
    queues: Mode = Mode.REVIEW
    across_units: Mode = Mode.REFUSE
    notice: timedelta = timedelta(0)
    offers_per_week: int | None = None
    least_rest_minutes: int = LEAST_REST_MINUTES
    span_weeks: int = 6
    weekly_minimum_minutes: int | None = None
    weekly_maximum_minutes: int | None = None
    kept_categories: frozenset[ActivityCategory] = frozenset()
    ruled_categories: frozenset[ActivityCategory] = frozenset()
    overtime_minutes: int | None = None
    turnaround_minutes: int | None = None
    ring_search: timedelta | None = None
    locked: tuple[LockedPeriod, ...] = ()

    @property
    def allow_one_sided(self) -> bool:
        """Whether a shift may be given for nothing at all."""
        return self.one_sided is not Mode.REFUSE

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "TradeSettings":
        """From a management unit's settings; what is not set takes the default."""
        found: Mapping[str, Any] = settings.get("shiftTrading") or {}
        default = cls()
        return cls(
            enabled=found.get("enabled", True) is not False,
            auto_review=found.get("autoReview") is True,
            allow_direct_trades=found.get("allowDirectTrades", True) is not False,
            one_sided=_mode(found, "oneSided", default.one_sided),
            unequal_paid=_mode(found, "unequalPaid", default.unequal_paid),
            weekly_minimum=_mode(found, "weeklyMinPaidViolations", default.weekly_minimum),
            weekly_maximum=_mode(found, "weeklyMaxPaidViolations", default.weekly_maximum),
            rest=_mode(found, "minMinutesBetweenShiftsViolations", default.rest),
            work_plan=_mode(found, "workPlanViolations", default.work_plan),
            unavailable=_mode(found, "unavailableTimes", default.unavailable),
            wishes=_mode(found, "preferences", default.wishes),
            overtime=_mode(found, "overtimeViolations", default.overtime),
            turnaround=_mode(found, "nightTurnaroundViolations", default.turnaround),
            meetings=_mode(found, "meetingsAndTraining", default.meetings),
            minors=_mode(found, "minors", default.minors),
            skills=Mode.REFUSE if found.get("requiresMatchingSkills") is True else Mode.REVIEW,
            queues=Mode.REFUSE if found.get("requiresMatchingQueues") is True else Mode.REVIEW,
            across_units=_mode(found, "acrossManagementUnits", default.across_units),
            notice=timedelta(hours=found.get("minHoursInFuture") or 0),
            offers_per_week=found.get("maxTradesPerAgentPerWeek"),
            least_rest_minutes=least_rest_minutes(settings),
            span_weeks=min(_number(found, "maxTradeSpanWeeks") or 6, 6),
            weekly_minimum_minutes=_number(found, "weeklyMinimumPaidMinutes"),
            weekly_maximum_minutes=_number(found, "weeklyMaximumPaidMinutes"),
            kept_categories=_kept_categories(found.get("activityCategoryRules")),
            ruled_categories=_ruled_categories(found.get("activityCategoryRules")),
            overtime_minutes=_number(found, "overtimeMinutesPerWeek"),
            turnaround_minutes=_number(found, "nightTurnaroundMinutes"),
            locked=_locked(found.get("lockedPeriods")),
            ring_search=timedelta(minutes=often) if (often := _number(found, "ringSearchMinutes")) else None,
        )


def _mode(found: Mapping[str, Any], name: str, default: Mode) -> Mode:
    wanted = found.get(name)
    return Mode(wanted) if wanted in set(Mode) else default


def _number(found: Mapping[str, Any], name: str) -> int | None:
    wanted = found.get(name)
    return wanted if isinstance(wanted, int) and wanted >= 0 else None


def _kept_categories(rules: Any) -> frozenset[ActivityCategory]:
    """The categories whose activities may not change hands (the vendor's action DoNotAllowTrade)."""
    return _categories(rule for rule in rules or () if rule.get("action") == "DoNotAllowTrade")


def _ruled_categories(rules: Any) -> frozenset[ActivityCategory]:
    """The categories that the vendor's rules say anything about."""
    return _categories(rules or ())


def _categories(rules: Iterable[Mapping[str, Any]]) -> frozenset[ActivityCategory]:
    known = {each.value: each for each in ActivityCategory}
    return frozenset(known[name] for name in (rule.get("activityCategory") for rule in rules) if name in known)


def _locked(periods: Any) -> tuple[LockedPeriod, ...]:
    """Locked periods; what is none is left out."""
    found: list[LockedPeriod] = []
    for each in periods if isinstance(periods, list) else ():
        try:
            first, last = date.fromisoformat(each["startDate"]), date.fromisoformat(each["endDate"])
        except (KeyError, TypeError, ValueError):
            continue
        found.append(LockedPeriod(first, last, str(each.get("reason") or "no reason given")))
    return tuple(found)
