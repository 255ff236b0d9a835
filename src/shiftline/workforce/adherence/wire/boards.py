"""How agents stand, on the wire."""

from collections.abc import Iterable
from datetime import datetime

from shiftline.foundation.web.wire import Reference, Wire
from shiftline.workforce.adherence.model import Code, Explanation, Seen
from shiftline.workforce.adherence.topics import REMINDERS, secondary_presence_of

ROOT = "/api/v2/workforcemanagement"


class ActivityCodeSummary(Wire):
    """An activity code in short."""

    id: str
    name: str
    secondary_presences: list[Reference]


class RealTimeAdherenceExplanation(Wire):
    """The explanation that covers the present."""

    id: str
    start_date: datetime
    length_minutes: int
    status: str
    self_uri: str


class UserNextActivityReminder(Wire):
    """An activity that comes."""

    activity_category: str
    start_date: datetime


class UserScheduleAdherence(Wire):
    """How an agent stands. ``severe`` is an extension: out of adherence for as long as the unit finds alarming."""

    id: str
    user: Reference
    business_unit: Reference
    management_unit: Reference
    scheduled_activity_category: str
    system_presence: str
    routing_status: str
    actual_activity_category: str
    is_out_of_office: bool
    adherence_state: str
    impact: str
    time_of_adherence_change: datetime
    removed_from_management_unit: bool
    next_activity_reminders: list[UserNextActivityReminder]
    self_uri: str
    severe: bool
    scheduled_activity_code: ActivityCodeSummary | None = None
    organization_secondary_presence_id: str | None = None
    adherence_explanation: RealTimeAdherenceExplanation | None = None
    presence_update_time: datetime | None = None


class UserScheduleAdherenceListing(Wire):
    """How a unit's agents stand."""

    entities: list[UserScheduleAdherence]


def show_listing(seen: Iterable[Seen]) -> UserScheduleAdherenceListing:
    """A board."""
    return UserScheduleAdherenceListing(entities=[show(each) for each in seen])


def show(seen: Seen) -> UserScheduleAdherence:
    """One agent."""
    standing = seen.standing
    return UserScheduleAdherence(
        id=standing.person_id,
        user=Reference(id=standing.person_id, self_uri=f"/api/v2/users/{standing.person_id}"),
        business_unit=Reference(
            id=standing.business_unit_id, self_uri=f"{ROOT}/businessunits/{standing.business_unit_id}"
        ),
        management_unit=Reference(
            id=standing.management_unit_id, self_uri=f"{ROOT}/managementunits/{standing.management_unit_id}"
        ),
        scheduled_activity_category=standing.scheduled_category,
        scheduled_activity_code=None if seen.code is None else _code(seen.code),
        system_presence=standing.system_presence,
        organization_secondary_presence_id=secondary_presence_of(standing.definition_id),
        routing_status=standing.routing_status,
        actual_activity_category=standing.actual_category,
        is_out_of_office=False,
        adherence_state=standing.state.value,
        impact=standing.impact.value,
        adherence_explanation=None if seen.explanation is None else _explanation(seen.explanation),
        time_of_adherence_change=standing.state_at,
        presence_update_time=standing.presence_at,
        removed_from_management_unit=standing.removed,
        next_activity_reminders=[
            UserNextActivityReminder(activity_category=each.category, start_date=each.start)
            for each in seen.ahead[:REMINDERS]
            if each.category is not None
        ],
        self_uri=f"{ROOT}/adherence?userId={standing.person_id}",
        severe=standing.severe,
    )


def _code(code: Code) -> ActivityCodeSummary:
    presences = [Reference(id=each) for each in sorted(code.secondary_presence_ids)]
    return ActivityCodeSummary(id=code.id, name=code.name, secondary_presences=presences)


def _explanation(explanation: Explanation) -> RealTimeAdherenceExplanation:
    return RealTimeAdherenceExplanation(
        id=explanation.id,
        start_date=explanation.start,
        length_minutes=explanation.length_minutes,
        status=explanation.status.value,
        self_uri=f"{ROOT}/agents/{explanation.person_id}/adherence/explanations/{explanation.id}",
    )
