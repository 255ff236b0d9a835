"""What a rotation of plans becomes by a request, and whether its plans can follow each other. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import Weekday
from shiftline.workforce.units.rules import check_name
from shiftline.workforce.workplans.errors import PlanContradictory
from shiftline.workforce.workplans.model import DAY_MINUTES, WEEK_DAYS, Contradiction, WorkPlan
from shiftline.workforce.workplans.model.agents import Days, Member, MemberDraft, Rotation, RotationDraft
from shiftline.workforce.workplans.rules.spelling import length_text

PLANS_AT_MOST = 53
AGENTS_AT_MOST = 1500


def apply_draft(rotation: Rotation, draft: RotationDraft) -> Rotation:
    """The rotation as the draft wants it: agents that are not named stay. Raises Invalid naming fields."""
    days = draft.days or rotation.days
    changed = replace(
        rotation,
        name=rotation.name if draft.name is None else check_name(draft.name),
        enabled=rotation.enabled if draft.enabled is None else draft.enabled,
        days=days,
        work_plan_ids=rotation.work_plan_ids if draft.work_plan_ids is None else draft.work_plan_ids,
        members=_merge_members(rotation.members, draft.members, days),
    )
    problems = [*_problems_of_days(days, "dateRange"), *_problems_of_members(changed, draft)]
    if not changed.work_plan_ids:
        problems.append(Problem("pattern.workPlanIds", "must name at least one work plan.", "rotation.pattern"))
    if problems:
        raise Invalid(*problems)
    return changed


def _merge_members(old: Sequence[Member], drafts: Sequence[MemberDraft], within: Days) -> tuple[Member, ...]:
    kept = {member.person_id: member for member in old}
    for draft in drafts:
        if draft.delete:
            kept.pop(draft.person_id, None)
            continue
        known = kept.get(draft.person_id, Member(draft.person_id, within))
        position = known.position if draft.position is None else draft.position
        kept[draft.person_id] = replace(known, days=draft.days or known.days, position=position)
    return tuple(kept[person_id] for person_id in sorted(kept))


def _problems_of_days(days: Days, field: str) -> list[Problem]:
    if days.end is not None and days.end < days.start:
        sentence = f"is before startBusinessUnitDate ({days.start})."
        return [Problem(f"{field}.endBusinessUnitDate", sentence, "rotation.days")]
    return []


def _problems_of_members(rotation: Rotation, draft: RotationDraft) -> list[Problem]:
    fields = {each.person_id: each.field for each in draft.members}
    found: list[Problem] = []
    if len(rotation.members) > AGENTS_AT_MOST:
        found.append(Problem("agents", f"a rotation has at most {AGENTS_AT_MOST} agents.", "rotation.agents"))
    for member in rotation.members:
        field, said = fields.get(member.person_id), f"{member.person_id} in agents"
        found += _problems_of_days(member.days, f"{field or 'agents'}.dateRange")
        if member.days.start < rotation.days.start:
            sentence = f"begins on {member.days.start}, before the rotation ({rotation.days.start})."
            # Who is not named is in the way of the rotation's new days: that field is to be changed then.
            place, told = ("dateRange", f"{said} {sentence}") if field is None else (f"{field}.dateRange", sentence)
            found.append(Problem(place, told, "rotation.agent.days"))
        if member.position >= len(rotation.work_plan_ids) > 0:
            sentence = (
                f"is {member.position}, and the last of the rotation's places is {len(rotation.work_plan_ids) - 1}."
            )
            place, told = ("pattern.workPlanIds", f"the position of {said} {sentence}")
            found.append(
                Problem(f"{field}.position", sentence, "rotation.position")
                if field
                else Problem(place, told, "rotation.position")
            )
    return found


def check_pattern(rotation: Rotation, plans: Mapping[str, WorkPlan], first_day: Weekday) -> None:
    """Each plan is one of the management unit, and can follow the one before it.

    Raises Invalid naming those that are none, PlanContradictory naming the two rules that cannot be kept together.
    """
    unknown = [
        Problem(
            f"pattern.workPlanIds[{index}]", f"there is no work plan {plan_id} in the management unit.", "rotation.plan"
        )
        for index, plan_id in enumerate(rotation.work_plan_ids)
        if plan_id not in plans
    ]
    if unknown:
        raise Invalid(*unknown)
    found = find_seams(rotation, plans, first_day)
    if found:
        raise PlanContradictory(found)


def find_seams(rotation: Rotation, plans: Mapping[str, WorkPlan], first_day: Weekday) -> list[Contradiction]:
    """Where a plan requires work on the last day of its week, the next one on the first, and neither shift leaves the rest
    that they want. What is found is proven.
    """
    order = [plans[plan_id] for plan_id in rotation.work_plan_ids]
    opening = first_day
    closing = WEEK_DAYS[(first_day.number - 1) % len(WEEK_DAYS)]
    found: list[Contradiction] = []
    for index, one in enumerate(order):
        if index == len(order) - 1 and not _comes_round(rotation):
            break
        two = order[(index + 1) % len(order)]
        rest = max((each.terms.rest_minutes or 0 for each in (one, two)), default=0)
        if one.id == two.id or closing not in one.required_days or opening not in two.required_days:
            continue
        stop = min(shift.soonest_stop for shift in one.shifts if closing in shift.days)
        start = DAY_MINUTES + max(shift.latest_possible_start for shift in two.shifts if opening in shift.days)
        if start - stop < rest:
            sentence = (
                f"{one.name} requires work on {closing.value} and {two.name} on the {opening.value} after it; between "
                f"them lie at most {length_text(max(start - stop, 0))}, and {length_text(rest)} of rest are wanted "
                "(minimumTimeBetweenShiftsMinutes)."
            )
            fields = (f"pattern.workPlanIds[{index}]", f"pattern.workPlanIds[{(index + 1) % len(order)}]")
            found.append(Contradiction("rotation.rest", fields, sentence))
    return found


def _comes_round(rotation: Rotation) -> bool:
    """Whether its first plan follows its last."""
    days = rotation.days
    return days.end is None or (days.end - days.start).days >= 7 * len(rotation.work_plan_ids)
