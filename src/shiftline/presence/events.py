"""What happened to presences, routing status, definitions and sessions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shiftline.foundation.events import event
from shiftline.foundation.repairs import Repair


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What a person is doing and whether routing may give them work, after what happened."""

    definition_id: str
    system_presence: str
    message: str
    modified_at: datetime | None
    status: str
    started_at: datetime | None


@event("presence.presence.changed", service="Presence", entity=("UserPresence", "person_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceChanged:
    """A source says anew what a person is doing, or became the primary one."""

    organization_id: str
    person_id: str
    source_id: str
    definition_id: str
    system_presence: str
    message: str
    primary: bool
    modified_at: datetime
    activity: Activity
    reason: str | None = None


@event("presence.routing_status.changed", service="Presence", entity=("UserRoutingStatus", "person_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingStatusChanged:
    """Routing may, or may no more, give a person work. ``with_presence``: a change of presence was the cause."""

    organization_id: str
    person_id: str
    status: str
    started_at: datetime
    previous: str
    cause: str
    with_presence: bool
    activity: Activity


@event("presence.definition.changed", service="Presence", entity=("PresenceDefinition", "definition_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionChanged:
    """A presence definition was made, changed, or put out of or into use."""

    organization_id: str
    definition_id: str
    system_presence: str
    labels: Mapping[str, str]
    division_id: str
    active: bool


@event("presence.source.changed", service="Presence", entity=("PresenceSource", "source_id"), action="Create")
@dataclass(frozen=True, slots=True, kw_only=True)
class SourceChanged:
    """A source was registered."""

    organization_id: str
    source_id: str
    name: str


@event("presence.session.opened", service="Presence", entity=("Session", "lease_id"), action="Create")
@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOpened:
    """A person has one more live session."""

    organization_id: str
    person_id: str
    lease_id: str
    channel_id: str
    node: str
    transport: str


@event("presence.session.closed", service="Presence", entity=("Session", "lease_id"), action="Delete")
@dataclass(frozen=True, slots=True, kw_only=True)
class SessionClosed:
    """A live session ended. ``last``: the person has no other."""

    organization_id: str
    person_id: str
    lease_id: str
    channel_id: str
    reason: str
    last: bool


@event("presence.session.repaired", service="Presence", entity=("Session", "lease_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRepaired(Repair):
    """A session was ended whose node did not renew it, or whose client was heard no more."""

    lease_id: str
    node: str


@event("presence.presence.repaired", service="Presence", entity=("UserPresence", "person_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceRepaired(Repair):
    """Somebody was taken offline whose client vanished without a word, or who was on queue without any session."""

    was: str


@event("presence.routing_status.repaired", service="Presence", entity=("UserRoutingStatus", "person_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingStatusRepaired(Repair):
    """A routing status said that somebody handles what there is not."""

    was: str
    became: str
