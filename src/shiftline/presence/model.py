"""Presences, routing status, session leases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

PURECLOUD = "PURECLOUD"
EVERY_DIVISION = "*"


class SystemPresence(StrEnum):
    """The ten things that anybody can be doing, in the vendor's words."""

    AVAILABLE = "Available"
    AWAY = "Away"
    BUSY = "Busy"
    OFFLINE = "Offline"
    IDLE = "Idle"
    ON_QUEUE = "OnQueue"
    MEAL = "Meal"
    TRAINING = "Training"
    MEETING = "Meeting"
    BREAK = "Break"


# The vendor's ids, which never change and are the same in all of its organizations: scripts have them written in.
SYSTEM_DEFINITIONS: Mapping[SystemPresence, str] = {
    SystemPresence.AVAILABLE: "6a3af858-942f-489d-9700-5f9bcdcdae9b",
    SystemPresence.AWAY: "5e5c5c66-ea97-4e7f-ac41-6424784829f2",
    SystemPresence.BUSY: "31fe3bac-dea6-44b7-bed7-47f91660a1a0",
    SystemPresence.OFFLINE: "ccf3c10a-aa2c-4845-8e8d-f59fa48c58e5",
    SystemPresence.IDLE: "7ffa01cd-7866-4ad7-8faa-31e11b42f51f",
    SystemPresence.ON_QUEUE: "e08eaf1b-ee47-4fa9-a231-1200e284798f",
    SystemPresence.MEAL: "3fd96123-badb-4f69-bc03-1b1ccc6d8014",
    SystemPresence.TRAINING: "d2390a99-8546-bad9-8f0a-219548e8aeb0",
    SystemPresence.MEETING: "bbdff279-7ae1-48ea-bade-7831d7234c64",
    SystemPresence.BREAK: "227b37e2-f1d0-4dd0-8f50-badd7cf6d158",
}

SYSTEM_LABELS: Mapping[SystemPresence, str] = {
    presence: "On Queue" if presence is SystemPresence.ON_QUEUE else presence.value for presence in SystemPresence
}


class RoutingState(StrEnum):
    """Whether routing may give somebody work, in the vendor's words."""

    OFF_QUEUE = "OFF_QUEUE"
    IDLE = "IDLE"
    INTERACTING = "INTERACTING"
    NOT_RESPONDING = "NOT_RESPONDING"
    COMMUNICATING = "COMMUNICATING"


@dataclass(frozen=True, slots=True)
class Definition:
    """A word of the organization for a system presence. ``labels``: language -> text."""

    id: str
    kind: Literal["System", "User"]
    system_presence: SystemPresence
    labels: Mapping[str, str]
    division_id: str
    active: bool
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str

    @property
    def name(self) -> str:
        """What to call it when nobody said in which language."""
        return self.labels.get("en_US") or next(iter(self.labels.values()))


@dataclass(frozen=True, slots=True)
class DefinitionDraft:
    """What a definition shall be."""

    system_presence: SystemPresence
    labels: Mapping[str, str]
    division_id: str = EVERY_DIVISION
    active: bool = True
    id: str | None = None


@dataclass(frozen=True, slots=True)
class AgentPresence:
    """What a source says a person is doing. ``modified_at`` None: nobody ever said anything."""

    person_id: str
    source_id: str = PURECLOUD
    definition_id: str = SYSTEM_DEFINITIONS[SystemPresence.OFFLINE]
    system_presence: SystemPresence = SystemPresence.OFFLINE
    message: str = ""
    primary: bool = False
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RoutingStatus:
    """Whether routing may give a person work, since when (None: nothing ever happened)."""

    person_id: str
    state: RoutingState = RoutingState.OFF_QUEUE
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """All that is known of what a person is doing."""

    person_id: str
    routing: RoutingStatus
    by_source: Mapping[str, AgentPresence] = field(default_factory=dict[str, AgentPresence])

    @property
    def primary(self) -> AgentPresence:
        """What the person is doing: the primary source's presence; without one, what PURECLOUD would say first."""
        for presence in self.by_source.values():
            if presence.primary:
                return presence
        return AgentPresence(self.person_id, primary=True)

    def of(self, source_id: str) -> AgentPresence:
        """What a source says; Offline when it never said anything."""
        silent = AgentPresence(self.person_id, source_id, primary=self.primary.source_id == source_id)
        return self.by_source.get(source_id, silent)

    @property
    def on_queue(self) -> bool:
        """Whether they are there for the queues."""
        return self.primary.system_presence is SystemPresence.ON_QUEUE


@dataclass(frozen=True, slots=True)
class PresenceChange:
    """What to say anew; None leaves a thing as it is. ``primary``: make this source the primary one."""

    definition: Definition | None = None
    message: str | None = None
    primary: bool = False


@dataclass(frozen=True, slots=True)
class PresenceRequest:
    """A change as asked for: a definition by its id, or by its system presence when no id is given."""

    definition_id: str | None = None
    system_presence: SystemPresence | None = None
    message: str | None = None
    primary: bool | None = None


@dataclass(frozen=True, slots=True)
class BulkChange:
    """One person's change among many."""

    person_id: str
    source_id: str
    request: PresenceRequest


@dataclass(frozen=True, slots=True)
class Source:
    """A system other than this one that says what people are doing."""

    id: str
    name: str
    description: str | None
    active: bool


Transport = Literal["xmpp", "json"]


@dataclass(frozen=True, slots=True)
class LeaseOpening:
    """A connection that became a live session. ``node``: the process that holds it; ``jid``: the softphone that it is, if it is one."""

    person_id: str
    channel_id: str
    node: str
    transport: Transport
    id: str | None = None
    jid: str | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """A live session, or one that was. Instants are real time."""

    id: str
    person_id: str
    channel_id: str
    node: str
    transport: Transport
    opened_at: datetime
    expires_at: datetime
    closed_at: datetime | None
    close_reason: str | None
