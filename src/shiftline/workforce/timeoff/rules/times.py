"""Which days and parts of days may be asked for, and what they become with every default filled in."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import DAY, MINUTE, Interval, Zone, day_bounds, days_touched, to_instant
from shiftline.workforce.timeoff.model import Piece, TimeOffRequest, TimesAsked

PIECES_AT_MOST = 366
LONGEST_PART = 25 * 60  # minutes: the longest local day
YEARS = range(1990, 2201)

DATES = "fullDayManagementUnitDates"
STARTS = "partialDayStartDateTimes"


def plan_pieces(asked: TimesAsked, zone: Zone) -> tuple[Piece, ...]:
    """The pieces that are asked for, in order of time, every default filled in. Raises Invalid, naming the fields."""
    problems = _judge_shape(asked)
    if problems:
        raise Invalid(*problems)
    minutes = _minutes_of(asked)
    payable = list(asked.payable_minutes) if asked.payable_minutes is not None else minutes
    count = len(minutes)
    earliest = asked.earliest_start_offsets or [None] * count
    latest = asked.latest_end_offsets or [None] * count
    pieces = [
        _whole_day(day, zone, minutes[i], payable[i], (earliest[i], latest[i])) for i, day in enumerate(asked.days)
    ] or [_part_of_day(start, minutes[i], payable[i]) for i, start in enumerate(asked.starts)]
    problems = [problem for i, piece in enumerate(pieces) for problem in _judge_piece(piece, i, zone)]
    pieces.sort(key=lambda piece: piece.starts_at)
    problems += _judge_order(pieces)
    if problems:
        raise Invalid(*problems)
    return tuple(pieces)


def _judge_shape(asked: TimesAsked) -> list[Problem]:
    """What is wrong before any time is computed: which lists are given, and how long they are."""
    if bool(asked.days) == bool(asked.starts):
        both = f"give either {DATES} or {STARTS}, and at least one entry."
        return [Problem(DATES, both, "timeoff.days.or.parts")]
    name, moments = (DATES, asked.days) if asked.days else (STARTS, asked.starts)
    count = len(moments)
    if count > PIECES_AT_MOST:
        return [Problem(name, f"has {count} entries; at most {PIECES_AT_MOST} are possible.")]
    for index, moment in enumerate(moments):
        if moment.year not in YEARS:
            return [Problem(f"{name}[{index}]", f"the year must be from {YEARS[0]} to {YEARS[-1]}.", "timeoff.year")]
    if asked.minutes is None and asked.daily_minutes is None:
        return [Problem("durationMinutes", "give durationMinutes, or dailyDurationMinutes for all days alike.")]
    lists: tuple[tuple[str, Sequence[object] | None], ...] = (
        ("durationMinutes", asked.minutes),
        ("payableMinutes", asked.payable_minutes),
        ("fullDayEarliestStartOffsetMinutes", asked.earliest_start_offsets or None),
        ("fullDayLatestEndOffsetMinutes", asked.latest_end_offsets or None),
    )
    problems = [
        Problem(name, f"has {len(values)} values for {count} days; one for each is needed.", "timeoff.list.length")
        for name, values in lists
        if values is not None and len(values) != count
    ]
    if asked.starts and (asked.earliest_start_offsets or asked.latest_end_offsets):
        problems.append(Problem("fullDayEarliestStartOffsetMinutes", f"goes with {DATES} only."))
    return problems


def _minutes_of(asked: TimesAsked) -> list[int]:
    if asked.minutes is not None:
        return list(asked.minutes)
    assert asked.daily_minutes is not None
    return [asked.daily_minutes] * (len(asked.days) or len(asked.starts))


def _whole_day(day: date, zone: Zone, minutes: int, payable: int, offsets: tuple[int | None, int | None]) -> Piece:
    bounds = day_bounds(day, zone)
    return Piece(bounds.start, bounds.end, minutes, payable, day, *offsets)


def _part_of_day(start: datetime, minutes: int, payable: int) -> Piece:
    instant = to_instant(start, STARTS)
    # A length beyond reason must not overflow before it is judged.
    return Piece(instant, instant + timedelta(minutes=min(max(minutes, 0), 10_000)), minutes, payable)


def _judge_piece(piece: Piece, index: int, zone: Zone) -> list[Problem]:
    problems: list[Problem] = []
    if piece.day is not None:
        day_minutes = piece.span.minutes
        if piece.span.is_empty:
            return [Problem(f"{DATES}[{index}]", f"{piece.day} does not exist in {zone.key}.", "timeoff.day.missing")]
        if not 1 <= piece.minutes <= day_minutes:
            sentence = f"{piece.minutes} minutes do not fit {piece.day}, which has {day_minutes} in {zone.key}."
            problems.append(Problem(f"durationMinutes[{index}]", sentence, "timeoff.duration"))
        problems += _judge_offsets(piece, index, day_minutes)
    else:
        if piece.starts_at.second or piece.starts_at.microsecond:
            problems.append(Problem(f"{STARTS}[{index}]", "must be on a whole minute.", "timeoff.start.minute"))
        if not 1 <= piece.minutes <= LONGEST_PART:
            sentence = f"{piece.minutes} minutes are no part of a day: 1 to {LONGEST_PART} are."
            problems.append(Problem(f"durationMinutes[{index}]", sentence, "timeoff.duration"))
    if piece.minutes >= 1 and not 0 <= piece.payable_minutes <= piece.minutes:
        sentence = f"{piece.payable_minutes} of {piece.minutes} minutes cannot be paid: 0 to {piece.minutes} can."
        problems.append(Problem(f"payableMinutes[{index}]", sentence, "timeoff.payable"))
    return problems


def _judge_offsets(piece: Piece, index: int, day_minutes: int) -> list[Problem]:
    names = ("fullDayEarliestStartOffsetMinutes", "fullDayLatestEndOffsetMinutes")
    values = (piece.earliest_start_offset, piece.latest_end_offset)
    reach = DAY // MINUTE  # a shift that belongs to the day may begin the day before or end the day after
    problems = [
        Problem(f"{name}[{index}]", f"{value} is not from {-reach} to {day_minutes + reach}.", "timeoff.offset")
        for name, value in zip(names, values, strict=True)
        if value is not None and not -reach <= value <= day_minutes + reach
    ]
    earliest, latest = values
    if not problems and earliest is not None and latest is not None and earliest >= latest:
        problems.append(Problem(f"{names[0]}[{index}]", "must be before the latest end.", "timeoff.offset"))
    return problems


def _judge_order(pieces: Sequence[Piece]) -> list[Problem]:
    problems: list[Problem] = []
    for earlier, later in pairwise(pieces):
        if earlier.day is not None and earlier.day == later.day:
            problems.append(Problem(DATES, f"{earlier.day} is there twice.", "timeoff.day.twice"))
        elif earlier.span.overlaps(later.span):
            sentence = (
                f"{later.starts_at.isoformat()} lies within the part that starts at {earlier.starts_at.isoformat()}."
            )
            problems.append(Problem(STARTS, sentence, "timeoff.parts.overlap"))
    return problems


def cut_span(span: Interval, zone: Zone, field: str) -> TimesAsked:
    """A span as parts of days: one part up to a day's length (also over midnight), a longer span cut at the zone's
    midnights. Raises Invalid, naming fields below ``field``.
    """
    for name, moment in (("startTime", span.start), ("endTime", span.end)):
        if moment.second or moment.microsecond:
            raise Invalid(Problem(f"{field}.{name}", "must be on a whole minute.", "timeoff.start.minute"))
    if span.is_empty:
        raise Invalid(Problem(f"{field}.endTime", "must be after the start.", "timeoff.span.empty"))
    if span.length > PIECES_AT_MOST * DAY:
        raise Invalid(Problem(f"{field}.endTime", f"at most {PIECES_AT_MOST} days can be asked for at once."))
    parts = [span] if span.length <= DAY else _cut_at_midnights(span, zone)
    return TimesAsked(starts=[part.start for part in parts], minutes=[part.minutes for part in parts])


def _cut_at_midnights(span: Interval, zone: Zone) -> list[Interval]:
    shared = (day_bounds(day, zone).intersection(span) for day in days_touched(span, zone))
    return [part for part in shared if part is not None]


def merge_times(request: TimeOffRequest, asked: TimesAsked) -> TimesAsked:
    """What an approver's partial change makes of a request's times: what is not given stays, if it still fits."""
    current = times_of(request)
    moved = bool(asked.days or asked.starts)
    count = (len(asked.days) or len(asked.starts)) if moved else len(request.pieces)
    fits = count == len(request.pieces)
    minutes, daily = asked.minutes, asked.daily_minutes
    if minutes is None and daily is None:
        minutes = current.minutes if fits else None
        daily = None if fits else daily_minutes(request)
    same_length = fits and minutes is current.minutes
    keep_offsets = fits and not asked.starts
    return TimesAsked(
        days=asked.days if moved else current.days,
        starts=asked.starts if moved else current.starts,
        minutes=minutes,
        daily_minutes=daily,
        payable_minutes=asked.payable_minutes or (current.payable_minutes if same_length else None),
        earliest_start_offsets=_kept(asked.earliest_start_offsets, current.earliest_start_offsets, keep=keep_offsets),
        latest_end_offsets=_kept(asked.latest_end_offsets, current.latest_end_offsets, keep=keep_offsets),
    )


def _kept(
    asked: Sequence[int | None] | None, current: Sequence[int | None] | None, *, keep: bool
) -> Sequence[int | None] | None:
    if asked is not None:
        return asked
    return current if keep else None


def times_of(request: TimeOffRequest) -> TimesAsked:
    """A request's times, as if they were asked for now."""
    pieces = request.pieces
    days = [piece.day for piece in pieces if piece.day is not None]
    return TimesAsked(
        days=days,
        starts=[] if days else [piece.starts_at for piece in pieces],
        minutes=[piece.minutes for piece in pieces],
        payable_minutes=[piece.payable_minutes for piece in pieces],
        earliest_start_offsets=[piece.earliest_start_offset for piece in pieces] if days else None,
        latest_end_offsets=[piece.latest_end_offset for piece in pieces] if days else None,
    )


def daily_minutes(request: TimeOffRequest) -> int | None:
    """The minutes of each day when all are alike, else None."""
    each = {piece.minutes for piece in request.pieces}
    return each.pop() if len(each) == 1 else None
