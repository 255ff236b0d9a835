"""The audit on the wire: the vendor's queries and log messages."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, cast

import msgspec
from msgspec import Meta

from shiftline.audit.model import AuditQuery, Entry, Property, Question
from shiftline.audit.topics import context_of
from shiftline.foundation import events
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.events import EventType
from shiftline.foundation.time import Interval, parse_instant
from shiftline.foundation.web.wire import Instant, NamedReference, Reference, ShortText, Wire


class AuditFilter(Wire):
    """One property and the value that it must have; values of one property are alternatives."""

    property: Literal["UserId", "TrusteeOrganizationId", "ClientId", "Action", "EntityType", "EntityId"]
    value: ShortText


class AuditSort(Wire):
    """The order of an answer."""

    name: Literal["Timestamp"] = "Timestamp"
    sort_order: Literal["ascending", "descending"] = "descending"


class AuditQueryRequest(Wire):
    """A question: the interval is two instants with a zone or offset, joined by a slash."""

    interval: Annotated[str, Meta(max_length=100)]
    service_name: ShortText | None = None
    filters: Annotated[tuple[AuditFilter, ...], Meta(max_length=100)] = ()
    sort: Annotated[tuple[AuditSort, ...], Meta(max_length=1)] = ()

    def question(self) -> Question:
        """The question as it is put. Raises Invalid naming the field."""
        filters: dict[Property, tuple[str, ...]] = {}
        for index, each in enumerate(self.filters):
            if each.property == "TrusteeOrganizationId":
                raise Invalid(Problem(f"filters[{index}].property", "no organization is another's trustee here."))
            filters[each.property] = (*filters.get(each.property, ()), each.value)
        descending = not self.sort or self.sort[0].sort_order == "descending"
        return Question(_interval(self.interval), self.service_name, filters, descending)


class RealtimeQueryRequest(AuditQueryRequest):
    """A question that is answered at once, by pages."""

    page_size: Annotated[int, Meta(ge=1, le=500)] = 25
    page_number: Annotated[int, Meta(ge=1, le=1_000_000)] = 1


class QueryStatus(Wire):
    """A question and how far its answer is: it always is complete, and frozen."""

    id: str
    state: str
    start_date: Instant
    interval: str
    filters: list[AuditFilter]
    sort: list[AuditSort]
    service_name: str | None = None


class Message(Wire):
    """What happened, as a code."""

    localizable_message_code: str
    message: str


class Initiation(Wire):
    """The request that made something happen: its correlation id."""

    transaction_id: str


class AuditLogMessage(Wire):
    """One thing that happened."""

    id: str
    user_home_org_id: str
    service_name: str
    level: str
    event_date: Instant
    message: Message
    action: str
    entity: NamedReference
    entity_type: str
    status: str
    remote_ip: list[str]
    context: Mapping[str, str]
    initiating_action: Initiation
    user: NamedReference | None = None
    client: Reference | None = None


class QueryResults(Wire):
    """A part of an answer; ``cursor`` is there while more follows."""

    id: str
    page_size: int
    entities: Sequence[AuditLogMessage]
    cursor: str | None = None


class RealtimeResults(Wire):
    """One page of an answer."""

    entities: Sequence[AuditLogMessage]
    page_size: int
    page_number: int
    total: int
    page_count: int


class ServiceEntity(Wire):
    """A type of entity and what is done to it."""

    name: str
    actions: list[str]


class Service(Wire):
    """A service and its types of entities."""

    name: str
    entities: list[ServiceEntity]


class ServiceMapping(Wire):
    """Everything that can be asked for."""

    services: list[Service]


def status(query: AuditQuery) -> QueryStatus:
    """A question that was put."""
    question = query.question
    return QueryStatus(
        id=query.id,
        state="Succeeded",
        start_date=query.started_at,
        interval=f"{question.span.start.isoformat()}/{question.span.end.isoformat()}",
        filters=[
            AuditFilter(property=name, value=value) for name, values in question.filters.items() for value in values
        ],
        sort=[AuditSort(sort_order="descending" if question.descending else "ascending")],
        service_name=question.service,
    )


def log_message(organization_id: str, entry: Entry, names: Mapping[str, str]) -> AuditLogMessage:
    """One line of the audit."""
    by_person = entry.actor_kind == "person"
    user = NamedReference(id=entry.actor_id, name=names.get(entry.actor_id)) if by_person else None
    name = entry.body.get("name")
    return AuditLogMessage(
        id=str(entry.id),
        user_home_org_id=organization_id,
        service_name=entry.service,
        level="SYSTEM" if entry.actor_kind == "system" else "USER",
        event_date=entry.at,
        message=Message(localizable_message_code=entry.event, message=f"{entry.action} {entry.entity_type}"),
        action=entry.action,
        entity=NamedReference(id=entry.entity_id, name=name if isinstance(name, str) else None),
        entity_type=entry.entity_type,
        status="SUCCESS",
        remote_ip=[] if entry.remote_address is None else [entry.remote_address],
        context=context_of(dict(entry.body)),
        initiating_action=Initiation(transaction_id=entry.correlation_id),
        user=user,
        client=None if entry.client_id is None else Reference(id=entry.client_id),
    )


def service_mapping() -> ServiceMapping:
    """The services, types of entities and actions of every event that this release knows."""
    found: dict[str, dict[str, set[str]]] = {}
    for declared in events.REGISTRY.values():
        kind: EventType = cast("Any", declared).EVENT
        found.setdefault(kind.service, {}).setdefault(kind.entity_type, set()).add(kind.action)
    return ServiceMapping(
        services=[
            Service(
                name=service,
                entities=[ServiceEntity(name=name, actions=sorted(actions)) for name, actions in sorted(kinds.items())],
            )
            for service, kinds in sorted(found.items())
        ]
    )


def cursor(entry: Entry) -> str:
    """The place after an entry."""
    return base64.urlsafe_b64encode(msgspec.json.encode((entry.at, entry.id))).decode()


def parse_cursor(text: str | None) -> tuple[datetime, int] | None:
    """The place that a cursor names. Raises Invalid."""
    if text is None:
        return None
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(text), type=tuple[Instant, int])
    except (msgspec.DecodeError, binascii.Error, ValueError) as error:
        raise Invalid(Problem("cursor", "is not one that an answer gave.")) from error


def _interval(text: str) -> Interval:
    start, slash, end = text.partition("/")
    if not slash:
        raise Invalid(Problem("interval", "must be two instants joined by a slash."))
    span = parse_instant(start, "interval"), parse_instant(end, "interval")
    if span[0] >= span[1]:
        raise Invalid(Problem("interval", "must end after it starts."))
    return Interval(*span)
