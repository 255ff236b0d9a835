"""What happened to schedules. Each carries, per agent, the starts of the shifts it touched, and the weeks' bounds."""

from dataclasses import dataclass, field
from datetime import date, datetime

from shiftline.foundation.events import event
from shiftline.workforce.schedule.model import AgentUpdate
from shiftline.workforce.schedule.model.open_shifts import OpenShift, OpenShiftState

WFM = "WorkforceManagement"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleEvent:
    """What all of them tell. ``agents`` are those whose work in force changed (in a draft: whose planned work did);
    ``starts_at`` and ``ends_at`` bound the schedule's weeks; ``version`` is the new one.
    """

    organization_id: str
    schedule_id: str
    business_unit_id: str
    week_date: date
    week_count: int
    description: str
    published: bool
    version: int
    by: str
    at: datetime
    starts_at: datetime
    ends_at: datetime
    agents: dict[str, AgentUpdate] = field(default_factory=dict[str, AgentUpdate])
    reason: str | None = None
    operation_id: str | None = None


@event("workforce.schedule.created", service=WFM, entity=("Schedule", "schedule_id"), action="Create")
@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleCreated(ScheduleEvent):
    """A draft was made: blank, imported, or copied (``kind``)."""

    kind: str


@event("workforce.schedule.updated", service=WFM, entity=("Schedule", "schedule_id"), action="Update")
@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleUpdated(ScheduleEvent):
    """A schedule's content or description changed (``kind``: update, swap), in force or not as it was."""

    kind: str


@event("workforce.schedule.published", service=WFM, entity=("Schedule", "schedule_id"), action="Publish")
@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePublished(ScheduleEvent):
    """A schedule came into force (``kind``: import, update, ...), in place of the superseded ones."""

    kind: str
    superseded: tuple[str, ...] = ()


@event("workforce.schedule.reverted", service=WFM, entity=("Schedule", "schedule_id"), action="Revert")
@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleReverted(ScheduleEvent):
    """An earlier revision was put into force again as a new one."""

    restores: int
    superseded: tuple[str, ...] = ()


@event("workforce.schedule.superseded", service=WFM, entity=("Schedule", "schedule_id"), action="Update")
@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSuperseded(ScheduleEvent):
    """A schedule left force because another one came into it."""

    superseded_by: str


@event("workforce.schedule.deleted", service=WFM, entity=("Schedule", "schedule_id"), action="Delete")
@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleDeleted(ScheduleEvent):
    """A schedule was deleted; its revisions stay stored."""


@event("workforce.schedule.operation_failed", service=WFM, entity=("Schedule", "operation_id"), action="Update")
@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleOperationFailed:
    """Long work on schedules ended without a change; why stands in the operation."""

    organization_id: str
    operation_id: str
    kind: str
    business_unit_id: str
    schedule_id: str | None
    message: str


@event("workforce.calendar_feed.changed", service=WFM, entity=("CalendarFeed", "person_id"), action="Update")
@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFeedChanged:
    """A person's calendar subscription has a new secret address, or (``active`` False) none any more."""

    organization_id: str
    person_id: str
    active: bool


@event("workforce.open_shift.opened", service=WFM, entity=("OpenShift", "open_shift_id"), action="Create")
@dataclass(frozen=True, slots=True, kw_only=True)
class OpenShiftOpened:
    """A planner left a shift open: a new one, or one that was taken from an agent."""

    organization_id: str
    open_shift_id: str
    open_shift: OpenShift


@event("workforce.open_shift.changed", service=WFM, entity=("OpenShift", "open_shift_id"), action="Update")
@dataclass(frozen=True, slots=True, kw_only=True)
class OpenShiftChanged:
    """An open shift was changed, claimed, taken, given back, withdrawn, or has expired; ``former_taker_id`` had claimed it."""

    organization_id: str
    open_shift_id: str
    former_state: OpenShiftState
    open_shift: OpenShift
    former_taker_id: str | None = None
