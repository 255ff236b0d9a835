"""What a planner should look at after a swap. Pure; nothing here stops anything."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, cast

from shiftline.foundation.errors import Problem
from shiftline.foundation.time import MINUTE, Interval, Zone, find_contradiction
from shiftline.publishing.model import Remark, Surroundings, SwapRequest
from shiftline.workforce.schedule.model import Shift
from shiftline.workforce.schedule.operations.swapping import ShiftGiven

LEAST_REST_MINUTES = 8 * 60
YEARS = range(1990, 2201)


def least_rest_minutes(settings: Mapping[str, Any]) -> int:
    """The rest between shifts that a management unit's trading settings ask for, else eight hours."""
    trading = settings.get("shiftTrading")
    wanted = cast("Mapping[str, Any]", trading).get("minMinutesBetweenShifts") if isinstance(trading, Mapping) else None
    return wanted if isinstance(wanted, int) and wanted >= 0 else LEAST_REST_MINUTES


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
    return tuple(remarks)


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
        if given.start < span.end and span.start < given.end
    ]


def _list_missing_skills(given: ShiftGiven, around: Surroundings) -> list[Remark]:
    return [
        Remark("skill.not.held", f"{given.field}.skillIds[{index}]", f"The agent does not have the skill {skill_id}.")
        for index, skill_id in enumerate(given.skill_ids)
        if skill_id not in around.held_skills
    ]


def _list_short_rests(given: Sequence[ShiftGiven], around: Surroundings) -> list[Remark]:
    least = timedelta(minutes=around.least_rest_minutes)
    remarks: list[Remark] = []
    for before, after in pairwise(sorted(around.shifts, key=lambda shift: shift.start)):
        rest = after.start - before.end
        field = next((g.field for g in given if _is(g, after)), next((g.field for g in given if _is(g, before)), None))
        if field is not None and rest < least:
            hours, minutes = divmod(rest // MINUTE, 60)
            sentence = (
                f"Between {before.wall_end:%a %Y-%m-%d %H:%M} and {after.wall_start:%a %Y-%m-%d %H:%M} {after.zone} lie "
                f"only {hours} h {minutes:02d} min of rest; the rule asks for {around.least_rest_minutes // 60} h."
            )
            remarks.append(Remark("rest.too.short", field, sentence))
    return remarks


def _is(given: ShiftGiven, shift: Shift) -> bool:
    return (given.start, given.end) == (shift.start, shift.end)


def span_of(start: datetime, end: datetime) -> Interval:
    """The half-open interval of two instants."""
    return Interval(start.astimezone(UTC), end.astimezone(UTC))
