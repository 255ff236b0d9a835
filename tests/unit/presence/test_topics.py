"""Presences and statuses on the vendor's topics."""

from datetime import UTC, datetime

from shiftline.presence.events import Activity, DefinitionChanged, PresenceChanged, RoutingStatusChanged
from shiftline.presence.topics import notifications

AT = datetime(2023, 10, 27, 10, 45, tzinfo=UTC)
ACTIVITY = Activity(
    definition_id="d", system_presence="OnQueue", message="hi", modified_at=AT, status="IDLE", started_at=AT
)
ON_ACTIVITY = {
    "id": "p",
    "routingStatus": {"status": "IDLE", "startTime": AT},
    "presence": {
        "presenceDefinition": {"id": "d", "systemPresence": "OnQueue"},
        "presenceMessage": "hi",
        "modifiedDate": AT,
    },
}


def presence(*, primary: bool) -> PresenceChanged:
    return PresenceChanged(
        organization_id="o", person_id="p", source_id="PURECLOUD", definition_id="d", system_presence="OnQueue",
        message="hi", primary=primary, modified_at=AT, activity=ACTIVITY,
    )  # fmt: skip


def status(*, with_presence: bool) -> RoutingStatusChanged:
    return RoutingStatusChanged(
        organization_id="o", person_id="p", status="IDLE", started_at=AT, previous="OFF_QUEUE", cause="went.on.queue",
        with_presence=with_presence, activity=ACTIVITY,
    )  # fmt: skip


def test_a_presence_is_told_with_the_whole_activity() -> None:
    told = {each.topic: each.body for each in notifications(presence(primary=True))}
    assert told == {
        "v2.users.p.presence": {
            "source": "PURECLOUD",
            "presenceDefinition": {"id": "d", "systemPresence": "OnQueue"},
            "primary": True,
            "message": "hi",
            "modifiedDate": AT,
        },
        "v2.users.p.activity": ON_ACTIVITY,
    }


def test_a_source_that_does_not_count_is_no_activity() -> None:
    assert [each.topic for each in notifications(presence(primary=False))] == ["v2.users.p.presence"]


def test_a_status_is_told_and_the_activity_once() -> None:
    told = {each.topic: each.body for each in notifications(status(with_presence=False))}
    assert told["v2.users.p.routingStatus"] == {"id": "p", "routingStatus": {"status": "IDLE", "startTime": AT}}
    assert told["v2.users.p.activity"] == ON_ACTIVITY
    assert [each.topic for each in notifications(status(with_presence=True))] == ["v2.users.p.routingStatus"]


def test_other_events_are_not_told() -> None:
    changed = DefinitionChanged(
        organization_id="o", definition_id="d", system_presence="Busy", labels={}, division_id="*", active=True
    )
    assert notifications(changed) == []
