"""Units, agents and activity codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeAlias

from shiftline.foundation.time import Weekday, Zone, find_zone

Settings: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stamp:
    """A version, and who made and last changed the thing, when."""

    version: int
    created_by: str | None
    created_at: datetime | None
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class BusinessUnit:
    """What a schedule belongs to. ``settings`` are the vendor's groups of settings by their names on the wire."""

    id: str
    name: str
    division_id: str
    time_zone: str
    start_day_of_week: Weekday
    settings: Settings
    stamp: Stamp

    @property
    def zone(self) -> Zone:
        """Its zone: days and weeks of its schedules are counted there."""
        return find_zone(self.time_zone)


@dataclass(frozen=True, slots=True)
class ManagementUnit:
    """A site or team of a business unit."""

    id: str
    business_unit_id: str
    name: str
    division_id: str
    time_zone: str
    start_day_of_week: Weekday
    settings: Settings
    stamp: Stamp
    agent_count: int = 0

    @property
    def zone(self) -> Zone:
        """Its zone: its agents' wall times and days off are there."""
        return find_zone(self.time_zone)


@dataclass(frozen=True, slots=True)
class Agent:
    """A person in a management unit, with what is needed to read their wall. ``minor_until``: the first day on which they
    are of age; None: they are, as far as is known.
    """

    person_id: str
    management_unit_id: str
    business_unit_id: str
    division_id: str
    time_zone: str
    business_unit_time_zone: str
    schedulable: bool
    since: datetime
    management_unit_settings: Settings
    minor_until: date | None = None

    @property
    def zone(self) -> Zone:
        """The zone in which the agent's wall clock hangs: their management unit's."""
        return find_zone(self.time_zone)

    @property
    def business_unit_zone(self) -> Zone:
        """The zone in which the days of their schedules are counted."""
        return find_zone(self.business_unit_time_zone)


@dataclass(frozen=True, slots=True)
class AgentDraft:
    """What shall become of an agent; None stays. ``sets_minor``: ``minor_until`` is stated, with None too."""

    schedulable: bool | None = None
    minor_until: date | None = None
    sets_minor: bool = False


class ActivityCategory(StrEnum):
    """What kind of activity a code stands for, in the vendor's words."""

    ON_QUEUE_WORK = "OnQueueWork"
    BREAK = "Break"
    MEAL = "Meal"
    MEETING = "Meeting"
    OFF_QUEUE_WORK = "OffQueueWork"
    TIME_OFF = "TimeOff"
    TRAINING = "Training"
    UNAVAILABLE = "Unavailable"


@dataclass(frozen=True, slots=True)
class ActivityCode:
    """What a stretch of a shift is."""

    id: str
    name: str
    category: ActivityCategory
    length_minutes: int
    counts_as_paid: bool
    counts_as_work: bool
    default_code: bool = False
    active: bool = True
    agent_time_off_selectable: bool = False
    counts_toward_shrinkage: bool = False
    planned_shrinkage: bool = False
    interruptible: bool = False
    secondary_presence_ids: tuple[str, ...] = ()
    planning_group_ids: tuple[str, ...] = ()
    background_color: str | None = None
    text_color_theme: str | None = None


ON_QUEUE_ID = "0"
BREAK_ID = "1"
MEAL_ID = "2"
MEETING_ID = "3"
OFF_QUEUE_ID = "4"
TIME_OFF_ID = "5"
TRAINING_ID = "6"
UNAVAILABLE_ID = "7"

DEFAULT_CODES: tuple[ActivityCode, ...] = (
    ActivityCode(ON_QUEUE_ID, "On Queue", ActivityCategory.ON_QUEUE_WORK, 60, True, True, default_code=True),
    ActivityCode(BREAK_ID, "Break", ActivityCategory.BREAK, 15, True, False, default_code=True),
    ActivityCode(MEAL_ID, "Meal", ActivityCategory.MEAL, 30, False, False, default_code=True),
    ActivityCode(MEETING_ID, "Meeting", ActivityCategory.MEETING, 60, True, True, default_code=True),
    ActivityCode(OFF_QUEUE_ID, "Off Queue", ActivityCategory.OFF_QUEUE_WORK, 60, True, True, default_code=True),
    ActivityCode(
        TIME_OFF_ID,
        "Time Off",
        ActivityCategory.TIME_OFF,
        480,
        True,
        False,
        default_code=True,
        agent_time_off_selectable=True,
    ),
    ActivityCode(TRAINING_ID, "Training", ActivityCategory.TRAINING, 60, True, True, default_code=True),
    ActivityCode(UNAVAILABLE_ID, "Unavailable", ActivityCategory.UNAVAILABLE, 60, False, False, default_code=True),
)


@dataclass(frozen=True, slots=True)
class ActivityCodes:
    """A business unit's codes, in the order of their ids, with the version of the whole list."""

    business_unit_id: str
    codes: Mapping[str, ActivityCode]
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class UnitDraft:
    """What a unit shall be. Fields left None stay as they are, or take their default in a new one."""

    name: str | None = None
    division_id: str | None = None
    time_zone: str | None = None
    start_day_of_week: Weekday | None = None
    settings: Settings | None = None
    version: int | None = None
    id: str | None = None


class MoveResult(StrEnum):
    """What became of one agent of a move, in the vendor's words."""

    MOVED = "MoveSuccessful"
    ALREADY_THERE = "AlreadyMoved"
    NOTHING_TO_DO = "NothingToDo"
    SOURCE_NOT_AUTHORIZED = "SourceManagementUnitNotAuthorized"


@dataclass(frozen=True, slots=True)
class Move:
    """One agent of a move."""

    person_id: str
    result: MoveResult


@dataclass(frozen=True, slots=True)
class Moves:
    """A whole move: who asked, where to, and what became of each agent."""

    requested_by: str
    management_unit_id: str | None
    moves: tuple[Move, ...]
