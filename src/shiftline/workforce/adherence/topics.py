"""From this room's events to the vendor's notification topics. Pure.

Source: WfmUserScheduleAdherenceUpdatedTopicUserScheduleAdherenceUpdate, WfmAdherenceExplanationJobCompleteTopic...,
WfmAgentAdherenceExplanationChanged...Topic..., WfmHistoricalAdherence...CalculationsCompleteTopic...
"""

from typing import Any

from shiftline.foundation.decision import text_of
from shiftline.foundation.events import Event, Notification, Topic
from shiftline.presence.model import SYSTEM_DEFINITIONS
from shiftline.workforce.adherence.events import AdherenceChanged, ExplanationAdded, ExplanationDecided, JobEnded
from shiftline.workforce.adherence.model import Explanation, JobKind, Seen

OWN = "v2.users.{id}.workforcemanagement.adherence"
UNIT = "v2.workforcemanagement.managementunits.{id}.adherence"
OWN_EXPLANATIONS = "v2.users.{id}.workforcemanagement.adherence.explanations"
UNIT_EXPLANATIONS = "v2.workforcemanagement.businessunits.{id}.adherence.explanations"
EXPLANATION_JOBS = "v2.users.{id}.workforcemanagement.adherence.explanations.jobs"
HISTORY = "v2.users.{id}.workforcemanagement.historicaladherencequery"
BULK = "v2.users.{id}.workforcemanagement.adherence.historical.bulk"

REALTIME = ("wfm:realtimeAdherence:view",)
HISTORICAL = ("wfm:historicalAdherence:view",)
EXPLAINED = ("wfm:adherenceExplanation:view", "wfm:adherenceExplanation:edit")

TOPICS: tuple[Topic, ...] = (
    Topic(OWN, "How a user adheres to their schedule changed", REALTIME, own=True),
    Topic(UNIT, "How an agent of a management unit adheres to their schedule changed", REALTIME),
    Topic(OWN_EXPLANATIONS, "An adherence explanation of a user was added or decided", EXPLAINED, own=True),
    Topic(UNIT_EXPLANATIONS, "An adherence explanation in a business unit was added or decided", EXPLAINED),
    Topic(EXPLANATION_JOBS, "What a user asked for about adherence explanations is done", EXPLAINED, own=True),
    Topic(HISTORY, "Past adherence that a user asked for was measured", HISTORICAL, own=True),
    Topic(BULK, "Past adherence of many units that a user asked for was measured", HISTORICAL, own=True),
)

_SYSTEM_IDS = frozenset(SYSTEM_DEFINITIONS.values())
REMINDERS = 5


def notifications(happened: Event) -> list[Notification]:
    """What subscribers are told."""
    organization_id = happened.organization_id
    match happened:
        case AdherenceChanged(seen=seen):
            body = describe(seen)
            standing = seen.standing
            return [
                Notification(organization_id, OWN.replace("{id}", standing.person_id), body),
                Notification(organization_id, UNIT.replace("{id}", standing.management_unit_id), body),
            ]
        case ExplanationAdded(explanation=explanation) | ExplanationDecided(explanation=explanation):
            body = describe_explanation(explanation)
            return [
                Notification(organization_id, OWN_EXPLANATIONS.replace("{id}", explanation.person_id), body),
                Notification(organization_id, UNIT_EXPLANATIONS.replace("{id}", explanation.business_unit_id), body),
            ]
        case JobEnded():
            return [_ended(happened)]
        case _:
            return []


def secondary_presence_of(definition_id: str) -> str | None:
    """The vendor's organization secondary presence: a definition that is none of the system's."""
    return None if definition_id in _SYSTEM_IDS else definition_id


def describe(seen: Seen) -> dict[str, Any]:
    """How an agent stands, as a topic tells it."""
    standing = seen.standing
    code = seen.code
    body: dict[str, Any] = {
        "user": {"id": standing.person_id},
        "managementUnitId": standing.management_unit_id,
        "businessUnitId": standing.business_unit_id,
        "scheduledActivityCategory": standing.scheduled_category,
        "scheduledActivityCode": None if code is None else {
            "id": code.id,
            "secondaryPresences": [{"id": each} for each in sorted(code.secondary_presence_ids)],
        },
        "systemPresence": standing.system_presence,
        "organizationSecondaryPresenceId": secondary_presence_of(standing.definition_id),
        "routingStatus": standing.routing_status,
        "actualActivityCategory": standing.actual_category,
        "isOutOfOffice": False,
        "adherenceState": standing.state.value,
        "impact": standing.impact.value,
        "adherenceExplanation": None if seen.explanation is None else {
            "id": seen.explanation.id,
            "startDate": text_of(seen.explanation.start),
            "lengthMinutes": seen.explanation.length_minutes,
            "status": seen.explanation.status.value,
        },
        "adherenceChangeTime": text_of(standing.state_at),
        "presenceUpdateTime": None if standing.presence_at is None else text_of(standing.presence_at),
        "removedFromManagementUnit": standing.removed,
        "severe": standing.severe,
        "nextActivityReminders": [
            {"activityCategory": each.category, "startDate": text_of(each.start)}
            for each in seen.ahead[:REMINDERS]
            if each.category is not None
        ],
    }  # fmt: skip
    return {name: value for name, value in body.items() if value is not None}


def describe_explanation(explanation: Explanation) -> dict[str, Any]:
    """An explanation as topics tell it."""
    body: dict[str, Any] = {
        "id": explanation.id,
        "agent": {"id": explanation.person_id},
        "managementUnit": {"id": explanation.management_unit_id},
        "businessUnit": {"id": explanation.business_unit_id},
        "type": explanation.type,
        "status": explanation.status.value,
        "startDate": text_of(explanation.start),
        "lengthMinutes": explanation.length_minutes,
        "notes": explanation.notes,
        "reviewedBy": None if explanation.reviewed_by is None else {"id": explanation.reviewed_by},
        "reviewedDate": None if explanation.reviewed_at is None else text_of(explanation.reviewed_at),
    }
    return {name: value for name, value in body.items() if value is not None}


def _ended(happened: JobEnded) -> Notification:
    body: dict[str, Any] = {"id": happened.job_id}
    if happened.kind in (JobKind.UNIT, JobKind.BULK, JobKind.OWN):
        topic = BULK if happened.kind is JobKind.BULK else HISTORY
        body |= {"queryState": happened.status, "downloadUrls": list(happened.download_urls)}
        if happened.kind is not JobKind.BULK and happened.download_urls:
            body["downloadUrl"] = happened.download_urls[0]
    else:
        topic = EXPLANATION_JOBS
        body |= {"type": happened.kind.value, "status": happened.status}
        if happened.explanation is not None:
            body["adherenceExplanation"] = describe_explanation(happened.explanation)
    return Notification(happened.organization_id, topic.replace("{id}", happened.started_by), body)
