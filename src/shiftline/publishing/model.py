"""Swaps and edits as asked for, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from shiftline.foundation.decision import Decision, Reason
from shiftline.foundation.time import Interval, Weekday
from shiftline.workforce.schedule.model import Clash, Revised, Shift
from shiftline.workforce.schedule.operations.editing import Draft
from shiftline.workforce.schedule.operations.swapping import ShiftGiven, Swapped
from shiftline.workforce.schedule.rules.comparing import AgentDifference
from shiftline.workforce.timeoff.model import TimeOffRequest
from shiftline.workforce.units.model import Agent
from shiftline.workforce.workplans.rules.choosing import AgentPlans


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


class Severity(StrEnum):
    """What a broken rule asks of a planner."""

    BREACH = "breach"  # to be accepted by name, or the edit is refused
    NOTICE = "notice"  # to be known; it was so before, or harms nobody


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that an edited schedule breaks for an agent. ``field`` is the edit's, where one edit alone breaks it."""

    code: str
    agent_id: str
    severity: Severity
    sentence: str
    field: str | None = None
    shift_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A rule that the planner breaks knowingly, for an agent or (None) for all."""

    code: str
    agent_id: str | None = None

    def covers(self, breach: Breach) -> bool:
        """Whether it names a breach."""
        return self.code == breach.code and self.agent_id in (None, breach.agent_id)


@dataclass(frozen=True, slots=True)
class AgentAround:
    """What an agent's part of a schedule is judged by. ``neighbours`` are their shifts in force outside the schedule."""

    agent: Agent
    plans: AgentPlans | None
    neighbours: tuple[Shift, ...]
    unavailable: tuple[Interval, ...]
    held_skills: frozenset[str]


@dataclass(frozen=True, slots=True)
class Weeks:
    """The weeks of a schedule, as work plans judge them, and the instant of the edit."""

    first_days: tuple[date, ...]
    first_day: Weekday
    now: datetime


@dataclass(frozen=True, slots=True)
class EditOutcome:
    """What edits do, or would do. ``revised`` None: nothing was written."""

    draft: Draft
    breaches: tuple[Breach, ...]
    differences: tuple[AgentDifference, ...]
    coverage: Mapping[datetime, int]
    clashes: tuple[Clash, ...]
    revised: Revised | None = None
