"""The vendor's topics about schedules."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shiftline.foundation.events import Event, Notification, Topic
from shiftline.workforce.schedule.events import (
    OpenShiftChanged,
    OpenShiftOpened,
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
OWN_OPEN = "v2.shiftline.users.{id}.workforcemanagement.openshifts"
UNIT_OPEN = "v2.shiftline.workforcemanagement.businessunits.{id}.openshifts"

TOPICS: tuple[Topic, ...] = (
    Topic(OWN, "A person's shifts in force changed", own=True, permissions=("wfm:publishedSchedule:view",)),
    Topic(
        UNIT,
        "A business unit's schedule was made, changed, put into force or deleted",
        permissions=("wfm:schedule:view", "wfm:publishedSchedule:view"),
    ),
    Topic(
        OWN_OPEN,
        "An open shift was claimed or taken by the user, or it was decided or has ended",
        ("wfm:agentShiftTradeRequest:participate",),
        own=True,
    ),
    Topic(
        UNIT_OPEN,
        "An open shift of a business unit was left open, changed, claimed, taken, given back or withdrawn, or has ended",
        (
            "wfm:schedule:view",
            "wfm:publishedSchedule:view",
            "wfm:shiftTradeRequest:view",
            "wfm:shiftTradeRequest:edit",
        ),
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
    if isinstance(happened, OpenShiftOpened | OpenShiftChanged):
        return _tell_open_shift(happened)
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


def _tell_open_shift(happened: OpenShiftOpened | OpenShiftChanged) -> list[Notification]:
    """To planners and reviewers, and to whoever has it or had claimed it; who that is stands in no body."""
    found = happened.open_shift
    body = {
        "id": found.id,
        "schedule": {"id": found.schedule_id},
        "managementUnit": {"id": found.management_unit_id},
        "weekDate": found.week_date.isoformat(),
        "state": found.state.value,
        "metadata": {"version": found.version, "dateModified": text_of(found.changed_at)},
    }
    people = [None if found.taker is None else found.taker.person_id]
    if isinstance(happened, OpenShiftChanged):
        people.append(happened.former_taker_id)
    topics = [OWN_OPEN.replace("{id}", each) for each in dict.fromkeys(people) if each is not None]
    topics.append(UNIT_OPEN.replace("{id}", found.business_unit_id))
    return [Notification(happened.organization_id, topic, body) for topic in topics]


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
