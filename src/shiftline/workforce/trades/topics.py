"""From this room's events to the vendor's notification topic. Pure."""

from collections.abc import Mapping
from typing import Any

from shiftline.foundation.decision import text_of
from shiftline.foundation.events import Event, Notification, Topic
from shiftline.workforce.trades.events import TradesReviewed
from shiftline.workforce.trades.model import Reviewed

BULK = "v2.workforcemanagement.managementunits.{id}.shifttrades.state.bulk"

TOPICS: tuple[Topic, ...] = (
    Topic(BULK, "Shift trades of a management unit were approved or denied", ("wfm:shiftTradeRequest:edit",)),
)

# The vendor's reasons of a review that fails are fewer than those of a match.
FAILURES: Mapping[str, str] = {
    "InitiatingAgentScheduleDoesNotExist": "InitiatingAgentScheduleNotFound",
    "InitiatingShiftDoesNotExist": "InitiatingAgentShiftNotFound",
    "InitiatingShiftTimesChanged": "InitiatingAgentShiftNotFound",
    "InitiatingShiftHasExternalActivities": "InitiatingAgentShiftHasExternalActivities",
    "ReceivingAgentScheduleDoesNotExist": "ReceivingAgentNotFound",
    "ReceivingShiftDoesNotExist": "ReceivingAgentShiftNotFound",
    "ReceivingShiftTimesChanged": "ReceivingAgentShiftNotFound",
    "ReceivingShiftHasExternalActivities": "ReceivingAgentShiftHasExternalActivities",
}


def failure_reason(violation: str | None) -> str:
    """The vendor's reason why a trade did not move."""
    return FAILURES.get(violation or "", "TransitionNotAllowed")


def notifications(happened: Event) -> list[Notification]:
    """What subscribers are told."""
    if not isinstance(happened, TradesReviewed):
        return []
    body = {
        "status": "Complete",
        "operationId": happened.operation_id,
        "weekDate": happened.week_date.isoformat(),
        "result": {"entities": [_describe(outcome) for outcome in happened.outcomes]},
    }
    return [Notification(happened.organization_id, BULK.replace("{id}", happened.management_unit_id), body)]


def _describe(outcome: Reviewed) -> dict[str, Any]:
    trade = outcome.trade
    body: dict[str, Any] = {
        "id": trade.id,
        "state": trade.state.value,
        "reviewedBy": None if trade.reviewed_by is None else {"id": trade.reviewed_by},
        "reviewedDate": None if trade.reviewed_at is None else text_of(trade.reviewed_at),
        "failureReason": None if outcome.refusal is None else failure_reason(outcome.violation),
        "metadata": {
            "version": trade.version,
            "modifiedBy": {"id": trade.changed_by},
            "dateModified": text_of(trade.changed_at),
        },
    }
    return {name: value for name, value in body.items() if value is not None}
