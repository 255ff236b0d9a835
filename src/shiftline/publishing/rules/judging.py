"""Which rules an edited part of a schedule breaks, for a planner to weigh. Pure.

A rule that was broken as badly before is told, and not held against the edit.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from shiftline.foundation.decision import Reason
from shiftline.publishing.model import Acceptance, AgentAround, Breach, Severity, Weeks
from shiftline.workforce.schedule.model import Part, Shift
from shiftline.workforce.schedule.rules.changes import is_same
from shiftline.workforce.schedule.rules.editing.asked import EditNote
from shiftline.workforce.schedule.rules.fitness import (
    find_clash,
    find_missing_skills,
    find_short_rests,
    least_rest_minutes,
)
from shiftline.workforce.schedule.rules.parts import wall_text
from shiftline.workforce.schedule.rules.rosters import PlanSetting, judge_weeks
from shiftline.workforce.workplans.rules.choosing import AgentPlans
from shiftline.workforce.workplans.rules.worked import DayOff


def judge_agent(
    around: AgentAround, states: tuple[Part | None, Part | None], weeks: Weeks, fields: Mapping[str, str]
) -> list[Breach]:
    """What the change of an agent's part from one state to another breaks. ``fields``: of each edited shift, its edit's."""
    changed = [each for each in _shifts(states[1]) if not _stands(each, states[0])]
    found: list[Breach] = []
    for rule in RULES:
        found += rule(around, states, weeks, changed)
    agent_id = around.agent.person_id
    found += [_in_past(agent_id, shift) for shift in _touched(states) if shift.start < weeks.now]
    return [_at_field(each, fields) for each in found]


def judge_notes(notes: Iterable[EditNote]) -> list[Breach]:
    """What edits say themselves (a meal that is cut): each is a breach of its own."""
    return [Breach(note.code, note.agent_id, Severity.BREACH, note.sentence, note.field) for note in notes]


def find_unaccepted(breaches: Iterable[Breach], accepted: Sequence[Acceptance]) -> list[Breach]:
    """The breaches that nobody has named."""
    return [
        each
        for each in breaches
        if each.severity is Severity.BREACH and not any(acceptance.covers(each) for acceptance in accepted)
    ]


def _shifts(part: Part | None) -> tuple[Shift, ...]:
    return () if part is None else part.shifts


def _stands(shift: Shift, before: Part | None) -> bool:
    return any(each.id == shift.id and is_same(each, shift) for each in _shifts(before))


def _touched(states: tuple[Part | None, Part | None]) -> list[Shift]:
    """What stood where something changed, else what stands there now."""
    before, after = states
    former = [each for each in _shifts(before) if not _stands(each, after)]
    ids = {each.id for each in former}
    return former + [each for each in _shifts(after) if each.id not in ids and not _stands(each, before)]


def _at_field(breach: Breach, fields: Mapping[str, str]) -> Breach:
    if breach.field is not None:
        return breach
    named = dict.fromkeys(fields[shift_id] for shift_id in breach.shift_ids if shift_id in fields)
    field = next(iter(named)) if len(named) == 1 else None
    return Breach(breach.code, breach.agent_id, breach.severity, breach.sentence, field, breach.shift_ids)


def _in_past(agent_id: str, shift: Shift) -> Breach:
    sentence = f"The shift {wall_text(shift)} of {agent_id} has begun."
    return Breach("edit.in.past", agent_id, Severity.NOTICE, sentence, shift_ids=(shift.id,))


_Rule: TypeAlias = Callable[[AgentAround, "tuple[Part | None, Part | None]", Weeks, Sequence[Shift]], "list[Breach]"]


def judge_plan(
    around: AgentAround, states: tuple[Part | None, Part | None], weeks: Weeks, changed: Sequence[Shift]
) -> list[Breach]:
    """The rules of the agent's work plan."""
    del changed
    if around.plans is None:
        return []
    before, after = (_verdicts(around, part, weeks, around.plans) for part in states)
    return [_of_plan(reason, before[code], around) for code, reason in after.items() if reason.holds is False]


def _verdicts(around: AgentAround, part: Part | None, weeks: Weeks, plans: AgentPlans) -> dict[str, Reason]:
    days_off = () if part is None else tuple(DayOff(day.day, day.payable_minutes) for day in part.full_days)
    setting = PlanSetting(plans, around.agent.zone, weeks.first_day, days_off)
    judged = judge_weeks(setting, (*around.neighbours, *_shifts(part)), weeks.first_days)
    return {reason.code: reason for reason in judged}


def _of_plan(reason: Reason, former: Reason, around: AgentAround) -> Breach:
    as_before = former.holds is False and (former.sentence, _count(former)) == (reason.sentence, _count(reason))
    severity = Severity.NOTICE if as_before else Severity.BREACH
    ids = reason.facts.get("shiftIds")
    shift_ids = tuple(str(each) for each in ids) if isinstance(ids, list | tuple) else ()
    return Breach(reason.code, around.agent.person_id, severity, reason.sentence, shift_ids=shift_ids)


def _count(reason: Reason) -> object:
    return reason.facts.get("breaches")


def judge_rests(
    around: AgentAround, states: tuple[Part | None, Part | None], weeks: Weeks, changed: Sequence[Shift]
) -> list[Breach]:
    """The rest between shifts that the management unit asks for, over the ends of the schedule too."""
    del weeks, changed
    least = least_rest_minutes(around.agent.management_unit_settings)
    before = {each.sentence for each in find_short_rests((*around.neighbours, *_shifts(states[0])), least)}
    return [
        Breach(
            "rest.too.short",
            around.agent.person_id,
            Severity.NOTICE if each.sentence in before else Severity.BREACH,
            each.sentence,
            shift_ids=(each.before.id, each.after.id),
        )
        for each in find_short_rests((*around.neighbours, *_shifts(states[1])), least)
    ]


def judge_availability(
    around: AgentAround, states: tuple[Part | None, Part | None], weeks: Weeks, changed: Sequence[Shift]
) -> list[Breach]:
    """Nothing new is worked when the agent said that they cannot."""
    del weeks
    former = {shift.id: shift.span for shift in _shifts(states[0])}
    found: list[Breach] = []
    for shift in changed:
        clash = find_clash(shift.span, around.unavailable)
        if clash is None or former.get(shift.id) == shift.span:
            continue
        sentence = (
            f"{around.agent.person_id} is not available from {clash.start:%Y-%m-%dT%H:%MZ} to {clash.end:%Y-%m-%dT%H:%MZ}, "
            f"and would work {wall_text(shift)}."
        )
        found.append(
            Breach("unavailable.time", around.agent.person_id, Severity.BREACH, sentence, shift_ids=(shift.id,))
        )
    return found


def judge_skills(
    around: AgentAround, states: tuple[Part | None, Part | None], weeks: Weeks, changed: Sequence[Shift]
) -> list[Breach]:
    """Who gets a shift has its skills."""
    del weeks
    former = {shift.id: shift.skill_ids for shift in _shifts(states[0])}
    return [
        Breach(
            "skill.not.held",
            around.agent.person_id,
            Severity.BREACH,
            f"{around.agent.person_id} does not have the skill {skill_id} of the shift {wall_text(shift)}.",
            shift_ids=(shift.id,),
        )
        for shift in changed
        if former.get(shift.id) != shift.skill_ids
        for skill_id in find_missing_skills(shift.skill_ids, around.held_skills)
    ]


RULES: tuple[_Rule, ...] = (judge_plan, judge_rests, judge_availability, judge_skills)
