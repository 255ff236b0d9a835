"""Which plan an agent has in which week: their own, those of single weeks, and those that take turns in a rotation."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shiftline.foundation.time import DAY
from shiftline.workforce.units.model import Stamp


@dataclass(frozen=True, slots=True)
class Override:
    """A plan that an agent has for so many weeks from ``start`` on, the first day of a week."""

    start: date
    weeks: int
    work_plan_id: str

    @property
    def end(self) -> date:
        """The day after its last."""
        return self.start + 7 * self.weeks * DAY

    def covers(self, week: date) -> bool:
        """Whether the week that begins on a day is one of its weeks."""
        return self.start <= week < self.end


class OverrideAction(StrEnum):
    """What shall become of an override, in the vendor's words."""

    ADD = "Add"
    UPDATE = "Update"
    DELETE = "Delete"


@dataclass(frozen=True, slots=True)
class OverrideDraft:
    """What shall become of the override that starts on a day; what is None stays, or is missing in a new one."""

    field: str
    action: OverrideAction
    start: date
    weeks: int | None = None
    work_plan_id: str | None = None


@dataclass(frozen=True, slots=True)
class AgentPlan:
    """Which plan an agent shall have; None: none any more. ``keeps``: their own plan stays, only overrides change.

    ``clears``: their overrides go first.
    """

    person_id: str
    work_plan_id: str | None
    keeps: bool = False
    overrides: tuple[OverrideDraft, ...] = ()
    clears: bool = False


class Failing(StrEnum):
    """Why an agent was not given what was wanted, in the vendor's words."""

    STRANGER = "AgentNotInManagementUnit"
    OVERLAPPING = "OverlappingOverride"
    NO_OVERRIDE = "OverrideNotFound"
    TOO_MANY = "TooManyOverrides"
    NO_PLAN = "WorkPlanNotFound"


@dataclass(frozen=True, slots=True)
class Failure:
    """An agent who was not given what was wanted: nothing of it."""

    person_id: str
    why: Failing
    work_plan_id: str | None = None


@dataclass(frozen=True, slots=True)
class Days:
    """From one day to another, both included; ``end`` None: without end."""

    start: date
    end: date | None = None

    def hold(self, day: date) -> bool:
        """Whether a day is one of them."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Member:
    """An agent of a rotation: their first week that begins within ``days`` has the plan at ``position``, from 0."""

    person_id: str
    days: Days
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """Plans that take turns, a week each, for weeks that begin within ``days``."""

    id: str
    management_unit_id: str
    name: str
    enabled: bool = True
    days: Days
    work_plan_ids: tuple[str, ...]
    members: tuple[Member, ...] = ()
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class MemberDraft:
    """An agent as a request states them: what is None stays, or takes its default in a new one."""

    field: str
    person_id: str
    days: Days | None = None
    position: int | None = None
    delete: bool = False


@dataclass(frozen=True, slots=True)
class RotationDraft:
    """What a rotation shall be: fields left out stay, and so do agents that are not named."""

    name: str | None = None
    enabled: bool | None = None
    days: Days | None = None
    work_plan_ids: tuple[str, ...] | None = None
    members: tuple[MemberDraft, ...] = ()
    version: int | None = None
