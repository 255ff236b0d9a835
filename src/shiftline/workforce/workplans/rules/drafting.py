"""What a plan becomes by a request. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from shiftline.foundation.errors import Invalid, Problem
from shiftline.workforce.units.rules import check_name
from shiftline.workforce.workplans.model import (
    ActivityDraft,
    Fresh,
    PlanActivity,
    PlanDraft,
    PlanShift,
    ShiftDraft,
    WorkPlan,
)
from shiftline.workforce.workplans.rules.spelling import on_the_wire

SHIFTS_AT_MOST = 50
ACTIVITIES_AT_MOST = 25
LENGTH_AT_LEAST = 1


def apply_draft(plan: WorkPlan, draft: PlanDraft, fresh: Fresh) -> WorkPlan:
    """The plan as the draft wants it; new shifts and activities get ids by ``fresh``. Raises Invalid."""
    changed = replace(
        plan,
        name=plan.name if draft.name is None else check_name(draft.name),
        enabled=plan.enabled if draft.enabled is None else draft.enabled,
        terms=replace(plan.terms, **draft.terms),
        shifts=_merge_shifts(plan.shifts, draft.shifts, fresh),
    )
    check_complete(changed)
    return changed


def copy_plan(plan: WorkPlan, plan_id: str, name: str, fresh: Fresh) -> WorkPlan:
    """The same rules under another name, for nobody yet."""
    shifts = tuple(
        replace(shift, id=fresh(), activities=tuple(replace(activity, id=fresh()) for activity in shift.activities))
        for shift in plan.shifts
    )
    return replace(plan, id=plan_id, name=check_name(name), shifts=shifts, agent_ids=())


def _merge_shifts(old: Sequence[PlanShift], drafts: Sequence[ShiftDraft], fresh: Fresh) -> tuple[PlanShift, ...]:
    kept = {shift.id: shift for shift in old}
    for draft in drafts:
        if draft.delete or draft.id is not None:
            known = kept.get(draft.id or "")
            if known is None:
                raise Invalid(Problem(f"{draft.field}.id", f"the plan has no shift {draft.id}.", "workplan.shift"))
            if draft.delete:
                del kept[known.id]
                continue
        else:
            if not str(draft.values.get("name", "")).strip():
                raise Invalid(Problem(f"{draft.field}.name", "is required."))
            known = PlanShift(id=fresh(), name="")
        kept[known.id] = _merge_shift(known, draft, fresh)
    if len(kept) > SHIFTS_AT_MOST:
        raise Invalid(Problem("shifts", f"a plan has at most {SHIFTS_AT_MOST} shifts.", "workplan.shifts"))
    return tuple(kept.values())


def _merge_shift(old: PlanShift, draft: ShiftDraft, fresh: Fresh) -> PlanShift:
    activities = old.activities
    if draft.activities is not None:
        activities = _merge_activities(old.activities, draft.activities, fresh)
    return replace(old, **draft.values, activities=activities)


def _merge_activities(
    old: Sequence[PlanActivity], drafts: Sequence[ActivityDraft], fresh: Fresh
) -> tuple[PlanActivity, ...]:
    kept = {activity.id: activity for activity in old}
    for draft in drafts:
        if draft.delete or draft.id is not None:
            known = kept.get(draft.id or "")
            if known is None:
                sentence = f"the shift has no activity {draft.id}."
                raise Invalid(Problem(f"{draft.field}.id", sentence, "workplan.activity"))
            if draft.delete:
                del kept[known.id]
                continue
        else:
            code_id = draft.values.get("activity_code_id")
            if not code_id:
                raise Invalid(Problem(f"{draft.field}.activityCodeId", "is required."))
            known = PlanActivity(id=fresh(), activity_code_id=code_id)
        kept[known.id] = replace(known, **draft.values)
    if len(kept) > ACTIVITIES_AT_MOST:
        sentence = f"a shift has at most {ACTIVITIES_AT_MOST} activities."
        raise Invalid(Problem("shifts.activities", sentence, "workplan.activities"))
    return tuple(kept.values())


def check_activity_codes(plan: WorkPlan, current: WorkPlan, active: Collection[str]) -> None:
    """Activities have codes that are in use; what the plan had before may stay. Raises Invalid for each other."""
    before = {each.activity_code_id for shift in current.shifts for each in shift.activities}
    problems = [
        Problem(
            f"shifts[{index}].activities[{number}].activityCodeId",
            f"there is no activity code {each.activity_code_id} in the business unit.",
            "activity.code.unknown",
        )
        for index, shift in enumerate(plan.shifts)
        for number, each in enumerate(shift.activities)
        if each.activity_code_id not in active and each.activity_code_id not in before
    ]
    if problems:
        raise Invalid(*problems)


def check_complete(plan: WorkPlan) -> None:
    """Every rule that is on has its numbers. Raises Invalid, naming each number that is missing."""
    missing = [
        *_missing_of_terms(plan),
        *(problem for index, shift in enumerate(plan.shifts) for problem in _missing_of_shift(shift, index)),
    ]
    if missing:
        raise Invalid(*missing)


def _missing(thing: Any, prefix: str, names: Sequence[str], switch: str) -> list[Problem]:
    return [
        Problem(prefix + on_the_wire(name), f"is required, because of {prefix}{on_the_wire(switch)}.")
        for name in names
        if getattr(thing, name) is None
    ]


def _missing_of_terms(plan: WorkPlan) -> list[Problem]:
    terms = plan.terms
    found: list[Problem] = []
    if terms.constrain_weekly_paid_time:
        flexible = ("weekly_minimum_paid_minutes", "weekly_maximum_paid_minutes")
        names = flexible if terms.flexible_weekly_paid_time else ("weekly_exact_paid_minutes",)
        found += _missing(terms, "", names, "constrain_weekly_paid_time")
    for switch, name in (
        ("constrain_paid_time_granularity", "paid_time_granularity_minutes"),
        ("constrain_minimum_time_between_shifts", "minimum_time_between_shifts_minutes"),
        ("constrain_maximum_consecutive_working_weekends", "maximum_consecutive_working_weekends"),
        ("constrain_maximum_consecutive_working_days", "maximum_consecutive_working_days"),
        ("constrain_maximum_working_weekends_per_planning_period", "maximum_working_weekends_per_planning_period"),
    ):
        if getattr(terms, switch):
            found += _missing(terms, "", (name,), switch)
    return found


def _missing_of_shift(shift: PlanShift, index: int) -> list[Problem]:
    prefix = f"shifts[{index}]."
    found: list[Problem] = []
    if not shift.days:
        found.append(Problem(f"{prefix}days", "must name at least one day.", "workplan.days"))
    window = ("earliest_start_time_minutes_from_midnight", "latest_start_time_minutes_from_midnight")
    names = window if shift.flexible_start_time else ("exact_start_time_minutes_from_midnight",)
    found += _missing(shift, prefix, names, "flexible_start_time")
    paid = ("minimum_paid_time_minutes", "maximum_paid_time_minutes")
    names = paid if shift.flexible_paid_time else ("exact_paid_time_minutes",)
    found += _missing(shift, prefix, names, "flexible_paid_time")
    if shift.constrain_latest_stop_time or shift.constrain_stop_time:
        found += _missing(shift, prefix, ("latest_stop_time_minutes_from_midnight",), "constrain_latest_stop_time")
    if shift.constrain_earliest_stop_time:
        found += _missing(shift, prefix, ("earliest_stop_time_minutes_from_midnight",), "constrain_earliest_stop_time")
    if shift.constrain_contiguous_work_time:
        names = ("minimum_contiguous_work_time_minutes", "maximum_contiguous_work_time_minutes")
        found += _missing(shift, prefix, names, "constrain_contiguous_work_time")
    if shift.constrain_day_off:
        found += _missing(shift, prefix, ("day_off_rule",), "constrain_day_off")
    for number, activity in enumerate(shift.activities):
        found += _missing_of_activity(activity, f"{prefix}activities[{number}].")
    return found


def _missing_of_activity(activity: PlanActivity, prefix: str) -> list[Problem]:
    found: list[Problem] = []
    if activity.length_minutes < LENGTH_AT_LEAST:
        found.append(Problem(f"{prefix}lengthMinutes", "must be at least one minute."))
    window = ("earliest_start_time_minutes", "latest_start_time_minutes")
    names = window if activity.flexible_start_time else ("exact_start_time_minutes",)
    return found + _missing(activity, prefix, names, "flexible_start_time")
