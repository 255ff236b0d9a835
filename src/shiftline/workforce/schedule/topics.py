"""The vendor's topics about schedules."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shiftline.foundation.events import Event, Notification, Topic
from shiftline.workforce.schedule.events import (
    ScheduleCreated,
    ScheduleDeleted,
    ScheduleEvent,
    ScheduleOperationFailed,
    SchedulePublished,
    ScheduleReverted,
    ScheduleSuperseded,
    ScheduleUpdated,
)
from shiftline.workforce.schedule.model import AgentUpdate

OWN = "v2.users.{id}.workforcemanagement.schedules"
UNIT = "v2.workforcemanagement.businessunits.{id}.schedules"

TOPICS: tuple[Topic, ...] = (
    Topic(OWN, "A person's shifts in force changed", own=True, permissions=("wfm:publishedSchedule:view",)),
    Topic(
        UNIT,
        "A business unit's schedule was made, changed, put into force or deleted",
        permissions=("wfm:schedule:view", "wfm:publishedSchedule:view"),
    ),
)

_KINDS: Mapping[type[ScheduleEvent], str] = {
    ScheduleCreated: "Import",
    ScheduleUpdated: "Update",
    SchedulePublished: "Update",
    ScheduleReverted: "Update",
    ScheduleSuperseded: "Update",
    ScheduleDeleted: "Delete",
}
_BY_KIND = {"copy": "Copy", "import": "Import", "create": "Import"}


def notifications(happened: Event) -> list[Notification]:
    """What subscribers are told about an event."""
    if isinstance(happened, ScheduleOperationFailed):
        return [_failure(happened)]
    if not isinstance(happened, ScheduleEvent):
        return []
    organization_id: str = happened.organization_id
    told = [Notification(organization_id, UNIT.replace("{id}", happened.business_unit_id), _unit_body(happened))]
    if _is_visible(happened):
        told += [
            Notification(organization_id, OWN.replace("{id}", agent_id), _own_body(happened, agent_id, update))
            for agent_id, update in happened.agents.items()
        ]
    return told


def _is_visible(happened: ScheduleEvent) -> bool:
    """Whether what is in force changed: agents are not told of drafts."""
    return happened.published or isinstance(happened, ScheduleSuperseded | ScheduleDeleted)


def _own_body(happened: ScheduleEvent, agent_id: str, update: AgentUpdate) -> dict[str, Any]:
    kinds = (("Added", update.added), ("Edited", update.edited), ("Deleted", update.deleted))
    return {
        "user": {"id": agent_id},
        "startDate": text_of(happened.starts_at),
        "endDate": text_of(happened.ends_at),
        "updates": [
            {"type": kind, "shiftStartDates": [text_of(start) for start in starts]} for kind, starts in kinds if starts
        ],
    }


def _unit_body(happened: ScheduleEvent) -> dict[str, Any]:
    kind = _BY_KIND.get(getattr(happened, "kind", "")) or _KINDS[type(happened)]
    return {
        "status": "Complete",
        "operationId": happened.operation_id,
        "eventType": kind,
        "result": {
            "id": happened.schedule_id,
            "weekDate": happened.week_date.isoformat(),
            "weekCount": happened.week_count,
            "description": happened.description,
            "published": happened.published,
            "metadata": {
                "version": happened.version,
                "modifiedBy": {"id": happened.by},
                "dateModified": text_of(happened.at),
            },
        },
    }


def _failure(happened: ScheduleOperationFailed) -> Notification:
    body = {
        "status": "Error",
        "operationId": happened.operation_id,
        "eventType": happened.kind,
        "message": happened.message,
    }
    return Notification(happened.organization_id, UNIT.replace("{id}", happened.business_unit_id), body)


def text_of(instant: datetime) -> str:
    """An instant as the vendor writes it: ``2023-10-27T11:00:00.000Z``."""
    return instant.strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"
