"""From this room's events to the vendor's notification topics. Pure."""

from datetime import datetime
from typing import Any

from shiftline.foundation.events import Event, Notification, Topic
from shiftline.workforce.timeoff.events import TimeOffBalanceTold, TimeOffNews
from shiftline.workforce.timeoff.model import TimeOffRequest

REQUESTS = "v2.users.{id}.workforcemanagement.timeoffrequests"
BALANCES = "v2.users.{id}.workforcemanagement.timeoffbalance.jobs"

TOPICS: tuple[Topic, ...] = (
    Topic(REQUESTS, "A time-off request of the user was filed or changed", ("wfm:timeOffRequest:view",), own=True),
    Topic(BALANCES, "An answer on time-off balances that the user asked for", ("wfm:timeOffRequest:view",), own=True),
)


def notifications(happened: Event) -> list[Notification]:
    """What subscribers are told."""
    if isinstance(happened, TimeOffBalanceTold):
        topic = BALANCES.replace("{id}", happened.asked_by)
        return [Notification(happened.organization_id, topic, {"id": happened.job_id, **happened.body})]
    if not isinstance(happened, TimeOffNews):
        return []
    topic = REQUESTS.replace("{id}", happened.person_id)
    return [Notification(happened.organization_id, topic, _update(happened.request))]


def _update(request: TimeOffRequest) -> dict[str, Any]:
    """Source: the vendor's WfmTimeOffRequestUpdateTopicTimeOffRequestUpdate."""
    pieces = request.pieces
    whole = request.is_full_day
    each = {piece.minutes for piece in pieces}
    body: dict[str, Any] = {
        "id": request.id,
        "user": {"id": request.person_id},
        "isFullDayRequest": whole,
        "markedAsRead": request.marked_as_read,
        "activityCodeId": request.activity_code_id,
        "paid": request.paid,
        "status": request.status.value,
        "substatus": request.substatus.value if request.substatus else None,
        "partialDayStartDateTimes": [] if whole else [_text(piece.starts_at) for piece in pieces],
        "fullDayManagementUnitDates": [piece.day.isoformat() for piece in pieces if piece.day is not None],
        "fullDayEarliestStartOffsetMinutes": [piece.earliest_start_offset for piece in pieces] if whole else None,
        "fullDayLatestEndOffsetMinutes": [piece.latest_end_offset for piece in pieces] if whole else None,
        "dailyDurationMinutes": each.pop() if len(each) == 1 else None,
        "durationMinutes": [piece.minutes for piece in pieces],
        "payableMinutes": [piece.payable_minutes for piece in pieces],
        "notes": request.notes,
        "submittedBy": request.submitted_by,
        "submittedDate": _text(request.submitted_at),
        "reviewedBy": request.reviewed_by,
        "reviewedDate": None if request.reviewed_at is None else _text(request.reviewed_at),
        "modifiedBy": request.modified_by,
        "modifiedDate": _text(request.modified_at),
    }
    return {name: value for name, value in body.items() if value is not None}


def _text(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
