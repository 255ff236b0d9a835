"""A swap as asked for, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from shiftline.foundation.decision import Decision, Reason
from shiftline.foundation.time import Interval
from shiftline.workforce.schedule.model import Shift
from shiftline.workforce.schedule.operations.swapping import ShiftGiven, Swapped
from shiftline.workforce.timeoff.model import TimeOffRequest


@dataclass(frozen=True, slots=True)
class TimeOffGiven:
    """A time-off request as it comes with a swap; ``field`` is where it stands in the request."""

    field: str
    start: datetime
    end: datetime
    status: str
    type: str


@dataclass(frozen=True, slots=True)
class SwapRequest:
    """The mission's request. ``version`` is the schedule's as the caller read it; None: not checked."""

    person_id: str
    schedule_id: str
    shifts: tuple[ShiftGiven, ...]
    time_off: tuple[TimeOffGiven, ...]
    version: int | None


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a planner should look at; it stops nothing. ``field`` is where it stands in the request."""

    code: str
    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the warnings are judged by: the agent's other shifts in force and approved time off.

    ``plan`` says what each rule of their work plan makes of the change.
    """

    now: datetime
    shifts: tuple[Shift, ...]
    approved: tuple[tuple[Interval, str], ...]
    least_rest_minutes: int
    held_skills: frozenset[str]
    plan: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class FiledTimeOff:
    """A request in its state now; ``created`` False: an equal one was there."""

    request: TimeOffRequest
    created: bool


@dataclass(frozen=True, slots=True)
class SwapOutcome:
    """What a swap did."""

    swap_id: str | None
    swapped: Swapped
    time_off: tuple[FiledTimeOff, ...]
    warnings: tuple[Remark, ...]
    access: tuple[tuple[str, Decision], ...]

    @property
    def changed(self) -> bool:
        """Whether anything in force or any request changed."""
        return any(each.changed for each in self.swapped.schedules) or any(each.created for each in self.time_off)
