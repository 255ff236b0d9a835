"""What a planner should look at after a swap. Pure; nothing here stops anything."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

from shiftline.foundation.errors import Problem
from shiftline.foundation.time import Interval, Zone, find_contradiction
from shiftline.publishing.model import FiledTimeOff, Remark, Surroundings, SwapRequest
from shiftline.workforce.schedule.model import Shift
from shiftline.workforce.schedule.operations.swapping import ShiftGiven
from shiftline.workforce.schedule.rules.fitness import find_clash, find_missing_skills, find_short_rests

YEARS = range(1990, 2201)


def list_problems(request: SwapRequest) -> list[Problem]:
    """What makes a request meaningless, each at its field."""
    problems = [
        Problem(f"{item.field}.{name}", f"the year must be from {YEARS[0]} to {YEARS[-1]}.", "invalid.date")
        for item in (*request.shifts, *request.time_off)
        for name, moment in (("startTime", item.start), ("endTime", item.end))
        if moment.year not in YEARS
    ]
    if problems:
        return problems
    problems += [
        Problem(f"{item.field}.endTime", "must be after startTime.", "invalid.date")
        for item in (*request.shifts, *request.time_off)
        if item.end <= item.start
    ]
    problems += [
        Problem(f"{item.field}.startTime", "must stand on a whole minute.", "invalid.date")
        for item in (*request.shifts, *request.time_off)
        if item.start.second or item.start.microsecond or item.end.second or item.end.microsecond
    ]
    ordered = sorted(request.shifts, key=lambda each: each.start)
    problems += [
        Problem(f"{later.field}.startTime", f"overlaps {earlier.field}.", "shift.overlap")
        for earlier, later in pairwise(ordered)
        if later.start < earlier.end
    ]
    return problems


def list_remarks(request: SwapRequest, zone: Zone, around: Surroundings) -> tuple[Remark, ...]:
    """All warnings of a swap, in the order of the request."""
    remarks: list[Remark] = []
    for given in request.shifts:
        remarks += _list_contradictions(given, zone)
        if given.start < around.now:
            remarks.append(Remark("shift.in.past", f"{given.field}.startTime", "The shift began in the past."))
        remarks += _list_time_off_clashes(given, around)
        remarks += _list_missing_skills(given, around)
    remarks += _list_short_rests(request.shifts, around)
    # A rule of the plan looks at whole weeks: it is told at the first of the shifts that were given.
    remarks += [
        Remark(each.code, request.shifts[0].field, each.sentence) for each in around.plan if each.holds is not True
    ]
    return tuple(remarks)


def list_clashes(request: SwapRequest, filed: Sequence[FiledTimeOff]) -> tuple[Remark, ...]:
    """What time off that came approved met in the schedules."""
    return tuple(
        Remark(clash.code, given.field, clash.sentence)
        for given, each in zip(request.time_off, filed, strict=True)
        for clash in each.request.clashes
    )


def _list_contradictions(given: ShiftGiven, zone: Zone) -> list[Remark]:
    found = (
        (name, find_contradiction(value, zone)) for name, value in (("startTime", given.start), ("endTime", given.end))
    )
    return [
        Remark("offset.contradicts.zone", f"{given.field}.{name}", contradiction.sentence)
        for name, contradiction in found
        if contradiction is not None
    ]


def _list_time_off_clashes(given: ShiftGiven, around: Surroundings) -> list[Remark]:
    return [
        Remark(
            "shift.over.approved.time.off", given.field, f"The shift lies over time off that is approved: {sentence}."
        )
        for span, sentence in around.approved
        if find_clash(span_of(given.start, given.end), [span]) is not None
    ]


def _list_missing_skills(given: ShiftGiven, around: Surroundings) -> list[Remark]:
    return [
        Remark("skill.not.held", f"{given.field}.skillIds[{index}]", f"The agent does not have the skill {skill_id}.")
        for index, skill_id in enumerate(given.skill_ids)
        if skill_id in find_missing_skills(given.skill_ids, around.held_skills)
    ]


def _list_short_rests(given: Sequence[ShiftGiven], around: Surroundings) -> list[Remark]:
    remarks: list[Remark] = []
    for rest in find_short_rests(around.shifts, around.least_rest_minutes):
        field = next(
            (g.field for g in given if _is(g, rest.after)), next((g.field for g in given if _is(g, rest.before)), None)
        )
        if field is not None:
            remarks.append(Remark("rest.too.short", field, rest.sentence))
    return remarks


def _is(given: ShiftGiven, shift: Shift) -> bool:
    return (given.start, given.end) == (shift.start, shift.end)


def span_of(start: datetime, end: datetime) -> Interval:
    """The half-open interval of two instants."""
    return Interval(start.astimezone(UTC), end.astimezone(UTC))
