"""The mission's swap on the wire: as the mission writes it, answered in full."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from shiftline.foundation.decision import Decision, describe, text_of
from shiftline.foundation.web.wire import Identifier, Instant, ShortText, Wire
from shiftline.publishing.model import FiledTimeOff, SwapOutcome, SwapRequest, TimeOffGiven
from shiftline.workforce.schedule.model import Shift
from shiftline.workforce.schedule.operations.swapping import ShiftGiven, SwappedSchedule

SwapReason = Annotated[str, Meta(max_length=500, pattern=r"^[^\x00]*$")]


class SwapShift(Wire, kw_only=True):
    """A shift that shall stand on its day."""

    start_time: Instant
    end_time: Instant
    skill_ids: Annotated[list[Identifier], Meta(max_length=100)] = msgspec.field(default_factory=list[str])
    is_swap: bool = True
    swap_reason: SwapReason | None = None


class SwapTimeOff(Wire, kw_only=True):
    """A time-off request that comes with the swap."""

    start_time: Instant
    end_time: Instant
    status: Literal["PENDING", "APPROVED", "DENIED", "CANCELED"] = "PENDING"
    type: Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00]*$")] = "PAID_TIME_OFF"


class SwapBody(Wire, kw_only=True):
    """The swap of an agent's shifts. ``version`` is the schedule's as the caller read it."""

    user_id: Identifier
    schedule_id: Identifier
    shifts: Annotated[list[SwapShift], Meta(min_length=1, max_length=100)]
    time_off_requests: Annotated[list[SwapTimeOff], Meta(max_length=100)] = msgspec.field(
        default_factory=list[SwapTimeOff]
    )
    version: Annotated[int, Meta(ge=1)] | None = None


class ShiftTold(Wire, kw_only=True):
    """A shift with its instants and its wall times."""

    id: str
    start_time: str
    end_time: str
    wall_start: str
    wall_end: str
    time_zone: str
    paid_minutes: int
    is_swap: bool
    swap_reason: ShortText | None = None
    skill_ids: list[str]


class DayTold(Wire):
    """One day: which shifts were replaced, which stand there now."""

    date: str
    replaced: list[ShiftTold]
    shifts: list[ShiftTold]


class ScheduleTold(Wire):
    """One schedule after the swap."""

    schedule_id: str
    version: int
    previous_version: int
    changed: bool
    days: list[DayTold]


class TimeOffTold(Wire):
    """A time-off request in its state now."""

    id: str
    status: str
    created: bool
    sentence: str
    start_time: str
    end_time: str


class WarningTold(Wire):
    """What a planner should look at."""

    code: str
    field: str
    sentence: str


class AccessTold(msgspec.Struct, kw_only=True):
    """The statement of access for one of the shifts."""

    field: str
    allowed: bool | None
    sentence: str
    blockers: list[dict[str, object]]
    not_a_cause: list[dict[str, object]]
    remedies: list[dict[str, object]]
    evaluated_at: str


class SwapAnswer(Wire, kw_only=True):
    """What the swap did. ``version`` is the named schedule's; ``changed`` False: it already was as asked for."""

    changed: bool
    sentence: str
    user_id: str
    schedule_id: str
    version: int
    previous_version: int
    swap_id: str | None = None
    schedules: list[ScheduleTold]
    time_off_requests: list[TimeOffTold]
    warnings: list[WarningTold]
    access: AccessTold
    access_by_shift: list[AccessTold]


def to_request(body: SwapBody) -> SwapRequest:
    """The request with each item's field."""
    return SwapRequest(
        person_id=body.user_id,
        schedule_id=body.schedule_id,
        shifts=tuple(
            ShiftGiven(
                field=f"shifts[{index}]",
                start=shift.start_time,
                end=shift.end_time,
                is_swap=shift.is_swap,
                swap_reason=shift.swap_reason,
                skill_ids=tuple(shift.skill_ids),
            )
            for index, shift in enumerate(body.shifts)
        ),
        time_off=tuple(
            TimeOffGiven(f"timeOffRequests[{index}]", off.start_time, off.end_time, off.status, off.type)
            for index, off in enumerate(body.time_off_requests)
        ),
        version=body.version,
    )


def to_answer(request: SwapRequest, outcome: SwapOutcome) -> SwapAnswer:
    """The answer, the sentence first."""
    former, schedules = outcome.swapped.named, outcome.swapped.schedules
    version = next((each.schedule.version for each in schedules if each.schedule.id == former.id), former.version)
    access = [_to_access(field, decision) for field, decision in outcome.access]
    return SwapAnswer(
        changed=outcome.changed,
        sentence=_sentence(outcome),
        user_id=request.person_id,
        schedule_id=request.schedule_id,
        version=version,
        previous_version=former.version,
        swap_id=outcome.swap_id,
        schedules=[_to_schedule(each) for each in schedules],
        time_off_requests=[_to_time_off(each) for each in outcome.time_off],
        warnings=[WarningTold(code=w.code, field=w.field, sentence=w.sentence) for w in outcome.warnings],
        access=next((each for each in access if each.allowed is not True), access[0]),
        access_by_shift=access,
    )


def _sentence(outcome: SwapOutcome) -> str:
    if not outcome.changed:
        return "Nothing changed: what is published already equals the request."
    days = [day for each in outcome.swapped.schedules if each.changed for day in each.days]
    replaced = sum(len(day.replaced) for day in days)
    shifts = sum(len(day.now) for day in days)
    filed = sum(each.created for each in outcome.time_off)
    parts = (
        [f"{_count(shifts, 'shift')} on {_count(len(days), 'day')} put in force in place of {replaced}"] if days else []
    )
    parts += [f"{_count(filed, 'time-off request')} filed"] if filed else []
    return "; ".join(parts).capitalize() + "."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _to_schedule(swapped: SwappedSchedule) -> ScheduleTold:
    return ScheduleTold(
        schedule_id=swapped.schedule.id,
        version=swapped.schedule.version,
        previous_version=swapped.previous_version,
        changed=swapped.changed,
        days=[
            DayTold(
                date=day.day.isoformat(),
                replaced=[_to_shift(shift) for shift in day.replaced],
                shifts=[_to_shift(shift) for shift in day.now],
            )
            for day in swapped.days
        ],
    )


def _to_shift(shift: Shift) -> ShiftTold:
    return ShiftTold(
        id=shift.id,
        start_time=text_of(shift.start),
        end_time=text_of(shift.end),
        wall_start=shift.wall_start.isoformat(),
        wall_end=shift.wall_end.isoformat(),
        time_zone=shift.zone,
        paid_minutes=shift.paid_minutes,
        is_swap=shift.is_swap,
        swap_reason=shift.swap_reason,
        skill_ids=list(shift.skill_ids),
    )


def _to_time_off(filed: FiledTimeOff) -> TimeOffTold:
    request = filed.request
    return TimeOffTold(
        id=request.id,
        status=request.status.value,
        created=filed.created,
        sentence=request.sentence,
        start_time=text_of(request.pieces[0].starts_at),
        end_time=text_of(request.pieces[-1].ends_at),
    )


def _to_access(field: str, decision: Decision) -> AccessTold:
    told = describe(decision)
    return msgspec.convert({**told, "field": field}, AccessTold)
