"""What becomes of an agent's plans of single weeks by a request. Pure."""

from collections.abc import Collection, Sequence
from itertools import pairwise
from operator import attrgetter

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import Weekday, week_start
from shiftline.workforce.workplans.model.agents import (
    AgentPlan,
    Failing,
    Failure,
    Override,
    OverrideAction,
    OverrideDraft,
)

OVERRIDES_AT_MOST = 104


def check_overrides(wanted: Sequence[AgentPlan], first_day: Weekday) -> None:
    """Overrides begin with a week, and new ones say how long they last and which plan they give. Raises Invalid."""
    problems = [problem for each in wanted for draft in each.overrides for problem in _problems(draft, first_day)]
    if problems:
        raise Invalid(*problems)


def _problems(draft: OverrideDraft, first_day: Weekday) -> list[Problem]:
    found: list[Problem] = []
    first = week_start(draft.start, first_day)
    if first != draft.start:
        sentence = (
            f"must be the first day of a week of the business unit, a {first_day.value}; that week began on {first}."
        )
        found.append(Problem(f"{draft.field}.startDate", sentence, "workplan.override.week"))
    if draft.action is not OverrideAction.DELETE and draft.weeks is None:
        found.append(Problem(f"{draft.field}.weekCount", f"is required to {draft.action.value.lower()} an override."))
    if draft.action is OverrideAction.ADD and draft.work_plan_id is None:
        found.append(Problem(f"{draft.field}.workPlanId", "is required to add an override."))
    return found


def apply_overrides(
    wanted: AgentPlan, standing: Sequence[Override], plan_ids: Collection[str]
) -> tuple[Override, ...] | Failure:
    """An agent's overrides as they are wanted, in order, or why that cannot be: then nothing of it is done.

    ``plan_ids`` are plans of the management unit that there are.
    """
    kept = [] if wanted.clears else list(standing)
    for draft in wanted.overrides:
        unknown = draft.action is not OverrideAction.DELETE and draft.work_plan_id not in (None, *plan_ids)
        if unknown:
            return Failure(wanted.person_id, Failing.NO_PLAN, draft.work_plan_id)
        changed = _apply(draft, kept)
        if changed is None:
            return Failure(wanted.person_id, Failing.NO_OVERRIDE)
        kept = changed
    result = tuple(sorted(kept, key=attrgetter("start")))
    if any(two.start < one.end for one, two in pairwise(result)):
        return Failure(wanted.person_id, Failing.OVERLAPPING)
    return Failure(wanted.person_id, Failing.TOO_MANY) if len(result) > OVERRIDES_AT_MOST else result


def _apply(draft: OverrideDraft, kept: Sequence[Override]) -> list[Override] | None:
    """The overrides after one change; None: there is none that begins on its day."""
    if draft.action is OverrideAction.ADD:
        return [*kept, Override(draft.start, draft.weeks or 0, draft.work_plan_id or "")]
    old = next((each for each in kept if each.start == draft.start), None)
    if old is None:
        return None
    rest = [each for each in kept if each is not old]
    if draft.action is OverrideAction.DELETE:
        return rest
    return [*rest, Override(old.start, draft.weeks or old.weeks, draft.work_plan_id or old.work_plan_id)]
