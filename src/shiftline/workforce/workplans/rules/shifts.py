"""Whether one shift of a plan can be worked at all: one contradiction, one rule. Pure."""

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import TypeAlias

from shiftline.workforce.workplans.model import DAY_MINUTES, Bounds, Contradiction, PlanActivity, PlanShift, WorkPlan
from shiftline.workforce.workplans.rules.spelling import clock_text, count_text, length_text, lengths_text

ShiftCheck: TypeAlias = Callable[[PlanShift, str], Iterator[Contradiction]]


def find_in_shifts(plan: WorkPlan) -> list[Contradiction]:
    """The contradictions within each shift of a plan, and with the granularity of paid time."""
    found: list[Contradiction] = []
    for index, shift in enumerate(plan.shifts):
        at = f"shifts[{index}]."
        for check in CHECKS:
            found += check(shift, at)
        if plan.terms.granularity is not None:
            found += check_granularity(shift, at, plan.terms.granularity)
    return found


def start_field(shift: PlanShift, end: str) -> str:
    """The field of a shift's ``earliest`` or ``latest`` start."""
    return f"{end if shift.flexible_start_time else 'exact'}StartTimeMinutesFromMidnight"


def paid_field(shift: PlanShift, end: str) -> str:
    """The field of a shift's ``minimum`` or ``maximum`` paid time."""
    return f"{end if shift.flexible_paid_time else 'exact'}PaidTimeMinutes"


def check_start(shift: PlanShift, at: str) -> Iterator[Contradiction]:
    """The earliest start is not after the latest."""
    starts = shift.starts
    if starts.least > starts.most:
        yield Contradiction(
            "workplan.shift.start",
            (f"{at}{start_field(shift, 'earliest')}", f"{at}{start_field(shift, 'latest')}"),
            f"{shift.name} cannot start from {clock_text(starts.least)} on and by {clock_text(starts.most)}: "
            "earliestStartTimeMinutesFromMidnight is after latestStartTimeMinutesFromMidnight.",
        )


def check_paid(shift: PlanShift, at: str) -> Iterator[Contradiction]:
    """The least paid time is not more than the most."""
    paid = shift.paid
    if paid.least > paid.most:
        yield Contradiction(
            "workplan.shift.paid",
            (f"{at}minimumPaidTimeMinutes", f"{at}maximumPaidTimeMinutes"),
            f"{shift.name} cannot pay at least {length_text(paid.least)} and at most {length_text(paid.most)}: "
            "minimumPaidTimeMinutes is more than maximumPaidTimeMinutes.",
        )


def check_stops(shift: PlanShift, at: str) -> Iterator[Contradiction]:
    """The earliest stop is not after the latest."""
    earliest, latest = shift.earliest_stop, shift.latest_stop
    if earliest is not None and latest is not None and earliest > latest:
        yield Contradiction(
            "workplan.shift.stop",
            (f"{at}earliestStopTimeMinutesFromMidnight", f"{at}latestStopTimeMinutesFromMidnight"),
            f"{shift.name} cannot last until {clock_text(earliest)} and be over by {clock_text(latest)}: "
            "earliestStopTimeMinutesFromMidnight is after latestStopTimeMinutesFromMidnight.",
        )


def check_latest_stop(shift: PlanShift, at: str) -> Iterator[Contradiction]:
    """The shortest shift that starts the earliest is over by the latest stop."""
    latest, soonest = shift.latest_stop, shift.starts.least + shift.lengths.least
    if latest is not None and soonest > latest:
        yield Contradiction(
            "workplan.shift.stop.early",
            (f"{at}latestStopTimeMinutesFromMidnight", f"{at}{paid_field(shift, 'minimum')}"),
            f"{shift.name} starts at {clock_text(shift.starts.least)} the earliest and lasts {_least(shift)}, so that it "
            f"is over at {clock_text(soonest)} the earliest, but latestStopTimeMinutesFromMidnight wants it over by "
            f"{clock_text(latest)}.",
        )


def check_earliest_stop(shift: PlanShift, at: str) -> Iterator[Contradiction]:
    """The longest shift that starts the latest lasts until the earliest stop."""
    earliest, last = shift.earliest_stop, shift.starts.most + shift.lengths.most
    if earliest is not None and last < earliest:
        yield Contradiction(
            "workplan.shift.stop.late",
            (f"{at}earliestStopTimeMinutesFromMidnight", f"{at}{paid_field(shift, 'maximum')}"),
            f"{shift.name} starts at {clock_text(shift.starts.most)} the latest and lasts at most "
            f"{length_text(shift.lengths.most)}, so that it is over by {clock_text(last)}, but "
            f"earliestStopTimeMinutesFromMidnight wants it to last until {clock_text(earliest)}.",
        )


def check_day(shift: PlanShift, at: str) -> Iterator[Contradiction]:
    """A shift lasts at most a day."""
    if shift.lengths.least > DAY_MINUTES:
        yield Contradiction(
            "workplan.shift.long",
            (f"{at}{paid_field(shift, 'minimum')}", f"{at}activities"),
            f"{shift.name} would last {_least(shift)}: its paid time and its unpaid activities together are longer than "
            "a day.",
        )


def check_granularity(shift: PlanShift, at: str, step: int) -> Iterator[Contradiction]:
    """Some paid time that the shift allows is a multiple of the plan's granularity."""
    paid = shift.paid
    if step > 0 and paid.least <= paid.most and paid.most // step * step < paid.least:
        yield Contradiction(
            "workplan.granularity",
            ("paidTimeGranularityMinutes", f"{at}{paid_field(shift, 'minimum')}"),
            f"{shift.name} pays {lengths_text(paid)}, and no multiple of paidTimeGranularityMinutes "
            f"({length_text(step)}) lies in that.",
        )


def check_paid_activities(shift: PlanShift, at: str) -> Iterator[Contradiction]:
    """Paid meals and breaks are no longer than the paid time."""
    paid = sum(each.length_minutes for each in shift.activities if each.counts_as_paid_time)
    if paid > shift.paid.most:
        yield Contradiction(
            "workplan.activities.paid",
            (f"{at}activities", f"{at}{paid_field(shift, 'maximum')}"),
            f"The paid activities of {shift.name} take {length_text(paid)}, but {paid_field(shift, 'maximum')} allows "
            f"{length_text(shift.paid.most)}.",
        )


def check_activity_starts(shift: PlanShift, at: str) -> Iterator[Contradiction]:
    """An activity's earliest start is not after its latest."""
    for index, each in enumerate(shift.activities):
        if each.starts.least > each.starts.most:
            place = f"{at}activities[{index}]."
            yield Contradiction(
                "workplan.activity.start",
                (f"{place}earliestStartTimeMinutes", f"{place}latestStartTimeMinutes"),
                f"Activity {index + 1} of {shift.name}: earliestStartTimeMinutes ({each.starts.least}) is after "
                f"latestStartTimeMinutes ({each.starts.most}).",
            )


def check_activity_distances(shift: PlanShift, at: str) -> Iterator[Contradiction]:
    """An activity's least distance from the end is not more than its greatest."""
    for index, each in enumerate(shift.activities):
        least, most = each.minimum_length_from_shift_end_minutes, each.maximum_length_from_shift_end_minutes
        if least is not None and most is not None and least > most:
            place = f"{at}activities[{index}]."
            yield Contradiction(
                "workplan.activity.distance",
                (f"{place}minimumLengthFromShiftEndMinutes", f"{place}maximumLengthFromShiftEndMinutes"),
                f"Activity {index + 1} of {shift.name}: minimumLengthFromShiftEndMinutes ({least}) is more than "
                f"maximumLengthFromShiftEndMinutes ({most}).",
            )


def check_activities_fit(shift: PlanShift, at: str) -> Iterator[Contradiction]:
    """Each activity fits into the longest shift, with its distances from both ends."""
    for index, each in enumerate(shift.activities):
        after = each.minimum_length_from_shift_end_minutes or 0
        needed = _offset(shift, each).least + each.length_minutes + after
        if needed > shift.lengths.most:
            yield Contradiction(
                "workplan.activity.fit",
                (f"{at}activities[{index}]", f"{at}{paid_field(shift, 'maximum')}"),
                f"Activity {index + 1} of {shift.name} would be over {length_text(needed)} after the shift's start at "
                f"the earliest (with what it must keep from the end), but the shift lasts at most "
                f"{length_text(shift.lengths.most)}.",
            )


def check_activities_apart(shift: PlanShift, at: str) -> Iterator[Contradiction]:
    """No two activities must overlap."""
    for (first, one), (second, two) in combinations(enumerate(shift.activities), 2):
        mine, other = _offset(shift, one), _offset(shift, two)
        one_first = mine.least + one.length_minutes <= other.most
        two_first = other.least + two.length_minutes <= mine.most
        if not one_first and not two_first and _starts_are_sound(one, two):
            yield Contradiction(
                "workplan.activities.overlap",
                (f"{at}activities[{first}]", f"{at}activities[{second}]"),
                f"Activities {first + 1} and {second + 1} of {shift.name} overlap wherever they start.",
            )


def _starts_are_sound(*activities: PlanActivity) -> bool:
    return all(each.starts.least <= each.starts.most for each in activities)


def _offset(shift: PlanShift, activity: PlanActivity) -> Bounds:
    """When an activity may start, in minutes from the shift's start, wherever the shift starts."""
    starts, floor = activity.starts, activity.minimum_length_from_shift_start_minutes or 0
    if activity.start_time_is_relative_to_shift_start:
        return Bounds(max(floor, starts.least), starts.most)
    return Bounds(max(floor, starts.least - shift.starts.most), starts.most - shift.starts.least)


def check_contiguous(shift: PlanShift, at: str) -> Iterator[Contradiction]:
    """The least time of work without a break is not more than the most."""
    least, most = shift.minimum_contiguous_work_time_minutes, shift.maximum_contiguous_work_time_minutes
    if shift.constrain_contiguous_work_time and least is not None and most is not None and least > most:
        yield Contradiction(
            "workplan.contiguous",
            (f"{at}minimumContiguousWorkTimeMinutes", f"{at}maximumContiguousWorkTimeMinutes"),
            f"{shift.name}: minimumContiguousWorkTimeMinutes ({length_text(least)}) is more than "
            f"maximumContiguousWorkTimeMinutes ({length_text(most)}).",
        )


def check_breaks_suffice(shift: PlanShift, at: str) -> Iterator[Contradiction]:
    """The shift's breaks leave no more work in one go than is allowed, nor less."""
    least, most = shift.minimum_contiguous_work_time_minutes, shift.maximum_contiguous_work_time_minutes
    if not shift.constrain_contiguous_work_time or least is None or most is None:
        return
    breaks = [each for each in shift.activities if not each.counts_as_contiguous_work_time]
    away = sum(each.length_minutes for each in breaks)
    work = Bounds(shift.lengths.least - away, shift.lengths.most - away)
    if work.least > most * (len(breaks) + 1):
        yield Contradiction(
            "workplan.contiguous.long",
            (f"{at}maximumContiguousWorkTimeMinutes", f"{at}{paid_field(shift, 'minimum')}"),
            f"{shift.name} has at least {length_text(work.least)} of work and {count_text(len(breaks), 'break')} in it, so "
            f"that some work lasts longer than maximumContiguousWorkTimeMinutes ({length_text(most)}).",
        )
    if 0 <= work.most < least:
        yield Contradiction(
            "workplan.contiguous.short",
            (f"{at}minimumContiguousWorkTimeMinutes", f"{at}{paid_field(shift, 'maximum')}"),
            f"{shift.name} has at most {length_text(work.most)} of work, less than minimumContiguousWorkTimeMinutes "
            f"({length_text(least)}).",
        )


def _least(shift: PlanShift) -> str:
    return f"at least {length_text(shift.lengths.least)}"


CHECKS: tuple[ShiftCheck, ...] = (
    check_start,
    check_paid,
    check_stops,
    check_latest_stop,
    check_earliest_stop,
    check_day,
    check_paid_activities,
    check_activity_starts,
    check_activity_distances,
    check_activities_fit,
    check_activities_apart,
    check_contiguous,
    check_breaks_suffice,
)
