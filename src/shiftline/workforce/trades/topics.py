"""From this room's events to the vendor's notification topic, and to our own of rings. Pure."""

from collections.abc import Mapping
from typing import Any

from shiftline.foundation.decision import text_of
from shiftline.foundation.events import Event, Notification, Topic
from shiftline.workforce.trades.events import CycleChanged, CycleProposed, TradesReviewed
from shiftline.workforce.trades.model import Reviewed

BULK = "v2.workforcemanagement.managementunits.{id}.shifttrades.state.bulk"
OWN_RINGS = "v2.shiftline.users.{id}.workforcemanagement.tradecycles"
UNIT_RINGS = "v2.shiftline.workforcemanagement.businessunits.{id}.tradecycles"

TOPICS: tuple[Topic, ...] = (
    Topic(BULK, "Shift trades of a management unit were approved or denied", ("wfm:shiftTradeRequest:edit",)),
    Topic(
        OWN_RINGS,
        "A ring of trades was proposed to the user, or it was answered, decided or has ended",
        ("wfm:agentShiftTradeRequest:participate",),
        own=True,
    ),
    Topic(
        UNIT_RINGS,
        "A ring of trades of a business unit was proposed, answered or decided, or has ended",
        ("wfm:shiftTradeRequest:view", "wfm:shiftTradeRequest:edit"),
    ),
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
    if isinstance(happened, CycleProposed | CycleChanged):
        return _tell_ring(happened)
    if not isinstance(happened, TradesReviewed):
        return []
    body = {
        "status": "Complete",
        "operationId": happened.operation_id,
        "weekDate": happened.week_date.isoformat(),
        "result": {"entities": [_describe(outcome) for outcome in happened.outcomes]},
    }
    return [Notification(happened.organization_id, BULK.replace("{id}", happened.management_unit_id), body)]


def _tell_ring(happened: CycleProposed | CycleChanged) -> list[Notification]:
    """To each of its people, and to whoever reviews; what the rules say of it is read."""
    cycle = happened.cycle
    body = {
        "id": cycle.id,
        "businessUnit": {"id": cycle.business_unit_id},
        "weekDate": cycle.week_date.isoformat(),
        "state": cycle.state.value,
        "length": len(cycle.members),
        "accepted": cycle.accepted,
        "metadata": {
            "version": cycle.version,
            "modifiedBy": {"id": cycle.changed_by},
            "dateModified": text_of(cycle.changed_at),
        },
    }
    topics = [OWN_RINGS.replace("{id}", member.person_id) for member in cycle.members]
    topics.append(UNIT_RINGS.replace("{id}", cycle.business_unit_id))
    return [Notification(happened.organization_id, topic, body) for topic in topics]


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
