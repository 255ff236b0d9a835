"""Presences, definitions and routing status in the vendor's shapes."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.wire import Identifier, LongText, ShortText, Wire
from shiftline.presence.model import (
    EVERY_DIVISION,
    PURECLOUD,
    SYSTEM_DEFINITIONS,
    AgentPresence,
    BulkChange,
    Definition,
    DefinitionDraft,
    PresenceRequest,
    RoutingState,
    RoutingStatus,
    Source,
    SystemPresence,
)

Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]
Locale: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8}){0,2}$")]
Labels: TypeAlias = Annotated[dict[Locale, Name], Meta(min_length=1, max_length=50)]

_BY_SPELLING = {presence.value.lower(): presence for presence in SystemPresence}


class WirePresenceDefinition(Wire):
    """PresenceDefinition: the definition that a presence is in."""

    id: str
    system_presence: SystemPresence
    self_uri: str | None = None


class PresenceDefinitionBody(Wire):
    """Which definition is wanted: its id is enough."""

    id: Identifier | None = None
    system_presence: ShortText | None = None


class UserPresenceBody(Wire):
    """What to say: ``primary: true``, a ``presenceDefinition``, or a ``message``."""

    primary: bool | None = None
    presence_definition: PresenceDefinitionBody | None = None
    message: ShortText | None = None


class BulkPresenceBody(UserPresenceBody):
    """What to say of the user ``id``, as the source ``sourceId`` (else ``source``, else PURECLOUD)."""

    id: Identifier | None = None
    source: Identifier | None = None
    source_id: Identifier | None = None


BulkPresences: TypeAlias = Annotated[list[BulkPresenceBody], Meta(max_length=500)]


class WireUserPresence(Wire, kw_only=True):
    """UserPresence; ``id`` is the user's."""

    id: str
    source: str
    source_id: str
    primary: bool
    presence_definition: WirePresenceDefinition
    message: str
    modified_date: datetime | None = None
    self_uri: str


class WireUcUserPresence(Wire, kw_only=True):
    """UcUserPresence: one of many."""

    id: str
    user_id: str
    source: str
    source_id: str
    presence_definition: WirePresenceDefinition
    message: str
    modified_date: datetime | None = None
    self_uri: str


class WireRoutingStatus(Wire, kw_only=True):
    """RoutingStatus."""

    user_id: str
    status: RoutingState
    start_time: datetime | None = None


class RoutingStatusBody(Wire):
    """The status that is wished for."""

    status: RoutingState
    user_id: Identifier | None = None


class WireDefinition(Wire, kw_only=True):
    """OrganizationPresenceDefinition."""

    id: str
    type: Literal["System", "User"]
    language_labels: dict[str, str]
    system_presence: SystemPresence
    division_id: str
    deactivated: bool
    self_uri: str


class DefinitionBody(Wire):
    """A presence definition to be."""

    language_labels: Labels
    system_presence: ShortText
    division_id: Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00]*$")] | None = None
    deactivated: bool | None = None


class WireDefinitions(Wire):
    """OrganizationPresenceDefinitionEntityListing."""

    total: int
    entities: list[WireDefinition]
    self_uri: str


class WireOrganizationPresence(Wire, kw_only=True):
    """OrganizationPresence: a definition in its older shape; ``primary`` marks the system's own."""

    id: str
    name: str
    language_labels: dict[str, str]
    system_presence: str
    deactivated: bool
    primary: bool
    created_date: datetime
    modified_date: datetime
    self_uri: str


class WireSystemPresence(Wire):
    """SystemPresence."""

    id: str
    name: str
    self_uri: str


class WireSource(Wire, kw_only=True):
    """Source."""

    id: str
    name: str
    description: str | None = None
    type: str
    deactivated: bool
    self_uri: str


class SourceBody(Wire):
    """A source to be registered."""

    name: Name
    description: LongText | None = None


class WireSources(Wire):
    """SourceEntityListing."""

    total: int
    entities: list[WireSource]
    self_uri: str


class WirePrimarySource(Wire):
    """UserPrimarySource."""

    id: str
    source_id: str
    registered: bool
    self_uri: str


def _definition_of(presence: AgentPresence) -> WirePresenceDefinition:
    return WirePresenceDefinition(
        id=presence.definition_id,
        system_presence=presence.system_presence,
        self_uri=f"/api/v2/presencedefinitions/{presence.definition_id}",
    )


def show_presence(presence: AgentPresence) -> WireUserPresence:
    """What a source says of a person."""
    return WireUserPresence(
        id=presence.person_id,
        source=presence.source_id,
        source_id=presence.source_id,
        primary=presence.primary,
        presence_definition=_definition_of(presence),
        message=presence.message,
        modified_date=presence.modified_at,
        self_uri=f"/api/v2/users/{presence.person_id}/presences/{presence.source_id}",
    )


def show_presence_of_many(presence: AgentPresence) -> WireUcUserPresence:
    """What a source says of one among many."""
    return WireUcUserPresence(
        id=presence.person_id,
        user_id=presence.person_id,
        source=presence.source_id,
        source_id=presence.source_id,
        presence_definition=_definition_of(presence),
        message=presence.message,
        modified_date=presence.modified_at,
        self_uri=f"/api/v2/users/{presence.person_id}/presences/{presence.source_id}",
    )


def show_routing_status(status: RoutingStatus) -> WireRoutingStatus:
    """A routing status."""
    return WireRoutingStatus(user_id=status.person_id, status=status.state, start_time=status.started_at)


def show_definition(definition: Definition) -> WireDefinition:
    """A presence definition."""
    return WireDefinition(
        id=definition.id,
        type=definition.kind,
        language_labels=dict(definition.labels),
        system_presence=definition.system_presence,
        division_id=definition.division_id,
        deactivated=not definition.active,
        self_uri=f"/api/v2/presence/definitions/{definition.id}",
    )


def show_organization_presence(definition: Definition) -> WireOrganizationPresence:
    """A presence definition in its older shape."""
    return WireOrganizationPresence(
        id=definition.id,
        name=definition.name,
        language_labels=dict(definition.labels),
        system_presence=definition.system_presence,
        deactivated=not definition.active,
        primary=definition.kind == "System",
        created_date=definition.created_at,
        modified_date=definition.changed_at,
        self_uri=f"/api/v2/presencedefinitions/{definition.id}",
    )


def show_system_presences() -> list[WireSystemPresence]:
    """The ten system presences."""
    return [
        WireSystemPresence(id=definition_id, name=presence, self_uri=f"/api/v2/presencedefinitions/{definition_id}")
        for presence, definition_id in SYSTEM_DEFINITIONS.items()
    ]


def show_source(source: Source) -> WireSource:
    """A registered source."""
    return WireSource(
        id=source.id,
        name=source.name,
        description=source.description,
        type="User",
        deactivated=not source.active,
        self_uri=f"/api/v2/presence/sources/{source.id}",
    )


def show_primary_source(presence: AgentPresence, *, registered: bool) -> WirePrimarySource:
    """Which source is the primary one."""
    return WirePrimarySource(
        id=presence.person_id,
        source_id=presence.source_id,
        registered=registered,
        self_uri=f"/api/v2/presence/users/{presence.person_id}/primarysource",
    )


def read_source_id(text: str) -> str:
    """A source's id as it is stored: ``purecloud`` in any spelling is the one of this name."""
    return PURECLOUD if text.upper() == PURECLOUD else text


def read_system_presence(text: str, field: str) -> SystemPresence:
    """A system presence in any of the vendor's spellings: ``OnQueue``, ``On Queue``, ``ON_QUEUE``. Raises Invalid."""
    presence = _BY_SPELLING.get(text.replace(" ", "").replace("_", "").lower())
    if presence is None:
        raise Invalid(Problem(field, f"must be one of {', '.join(SystemPresence)}."))
    return presence


def read_presence(body: UserPresenceBody, path: str = "") -> PresenceRequest:
    """A change of presence. Raises Invalid for a system presence that is none."""
    wanted = body.presence_definition or PresenceDefinitionBody()
    by_word = wanted.id is None and wanted.system_presence is not None
    return PresenceRequest(
        definition_id=wanted.id,
        system_presence=read_system_presence(wanted.system_presence or "", f"{path}presenceDefinition.systemPresence")
        if by_word
        else None,
        message=body.message,
        primary=body.primary,
    )


def read_presences(bodies: list[BulkPresenceBody]) -> list[BulkChange]:
    """Changes of many people's presences. Raises Invalid for one of nobody."""
    changes: list[BulkChange] = []
    for index, body in enumerate(bodies):
        if body.id is None:
            raise Invalid(Problem(f"[{index}].id", "is required: whose presence is it?"))
        source_id = read_source_id(body.source_id or body.source or PURECLOUD)
        changes.append(BulkChange(body.id, source_id, read_presence(body, f"[{index}].")))
    return changes


def read_definition(body: DefinitionBody) -> DefinitionDraft:
    """What a definition shall be. Raises Invalid for a system presence that is none."""
    return DefinitionDraft(
        system_presence=read_system_presence(body.system_presence, "systemPresence"),
        labels=dict(body.language_labels),
        division_id=body.division_id or EVERY_DIVISION,
        active=not body.deactivated,
    )
