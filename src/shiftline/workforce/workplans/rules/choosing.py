"""Which plan counts for an agent in a week. Everything that holds work against plans asks here. Pure.

A plan of single weeks goes before the agent's turn in a rotation, and that before their own plan. A week is named by its
first day, and is of a range of days when it begins within it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from shiftline.foundation.time import DAY, Weekday, week_start
from shiftline.workforce.units.rules.periods import PlanningPeriods
from shiftline.workforce.workplans.model import WorkPlan
from shiftline.workforce.workplans.model.agents import Days, Override
from shiftline.workforce.workplans.rules.worked import Stretch

WEEK = 7 * DAY


class Source(StrEnum):
    """Where an agent's plan of a week is from."""

    OVERRIDE = "override"
    ROTATION = "rotation"
    OWN = "own"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Turn:
    """An agent's place in a rotation. ``days`` are theirs, ``within`` those of the rotation."""

    rotation_id: str
    days: Days
    within: Days
    position: int
    work_plan_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgentPlans:
    """All that decides which plan an agent has in a week. ``plans`` are those that are in use, by id."""

    own: str | None = None
    overrides: tuple[Override, ...] = ()
    turns: tuple[Turn, ...] = ()
    plans: Mapping[str, WorkPlan] = field(default_factory=dict[str, WorkPlan])
    periods: PlanningPeriods | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The plan of a week (None: none), where it is from, and for a rotation which it is and which of its turns."""

    plan: WorkPlan | None
    source: Source
    rotation_id: str | None = None
    position: int | None = None


def always(plan: WorkPlan) -> AgentPlans:
    """The same plan in all weeks."""
    return AgentPlans(own=plan.id, plans={plan.id: plan})


def choose_plan(having: AgentPlans, week: date) -> Choice:
    """The plan that counts in the week that begins on a day."""
    for override in having.overrides:
        if override.covers(week) and override.work_plan_id in having.plans:
            return Choice(having.plans[override.work_plan_id], Source.OVERRIDE)
    for turn in having.turns:
        if turn.days.hold(week) and turn.within.hold(week):
            position = place_of(turn, week)
            plan = having.plans.get(turn.work_plan_ids[position])
            if plan is not None:
                return Choice(plan, Source.ROTATION, turn.rotation_id, position)
    own = having.plans.get(having.own or "")
    return Choice(own, Source.NONE if own is None else Source.OWN)


def place_of(turn: Turn, week: date) -> int:
    """Which of a rotation's plans an agent has in a week that is theirs: their first one has their position."""
    gone = (week - turn.days.start) // WEEK  # whole weeks, so that the first week that begins in the range is none
    return (turn.position + gone) % len(turn.work_plan_ids)


def group_weeks(having: AgentPlans, weeks: Iterable[date]) -> list[tuple[WorkPlan, tuple[date, ...]]]:
    """The plans that count in some weeks, each with its weeks in order; weeks without a plan are left out."""
    found: dict[str, tuple[WorkPlan, list[date]]] = {}
    for week in sorted(weeks):
        plan = choose_plan(having, week).plan
        if plan is not None:
            found.setdefault(plan.id, (plan, []))[1].append(week)
    return [(plan, tuple(own)) for plan, own in found.values()]


def stretches_of(having: AgentPlans, plan: WorkPlan, weeks: Iterable[date], first_day: Weekday) -> tuple[Stretch, ...]:
    """What a plan has of the planning periods that some weeks are in: of each the days on which it counts."""
    if having.periods is None:
        return ()
    found: dict[date, Stretch] = {}
    for first, last in sorted({period for week in weeks for period in having.periods.meeting(week)}):
        days = [first + number * DAY for number in range((last - first).days + 1)]
        firsts = {day: week_start(day, first_day) for day in days}
        mine = {week for week in set(firsts.values()) if _counts(having, plan, week)}
        found[first] = Stretch(first, last, frozenset(day for day in days if firsts[day] in mine))
    return tuple(found.values())


def _counts(having: AgentPlans, plan: WorkPlan, week: date) -> bool:
    chosen = choose_plan(having, week).plan
    return chosen is not None and chosen.id == plan.id
