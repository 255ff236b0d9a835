"""What happened: frozen dataclasses with a name and a version, written to the outbox and the audit in their change's
own transaction.

A room declares its events in ``events.py`` with the decorator; news goes to higher rooms only in this form.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Protocol, TypeVar, cast

import msgspec

T = TypeVar("T")

REGISTRY: dict[tuple[str, int], type["Event"]] = {}


class Event(Protocol):
    """A frozen dataclass under ``@event``; ``organization_id`` says whose it is."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def organization_id(self) -> str:
        """Whose it is."""
        ...


@dataclass(frozen=True, slots=True)
class EventType:
    """How an event is called and audited.

    ``entity_type`` and ``service`` are the vendor's audit words; ``entity_field`` names the field with the entity's id.
    ``affects_access`` marks what may end a live session: the field ``person_id`` (None or absent: the whole
    organization) tells whose.
    """

    name: str
    version: int
    service: str
    entity_type: str
    entity_field: str
    action: str
    affects_access: bool


def event(
    name: str,
    *,
    service: str,
    entity: tuple[str, str],
    action: str = "Update",
    affects_access: bool = False,
    version: int = 1,
) -> Callable[[type[T]], type[T]]:
    """Declare a frozen dataclass as an event; ``entity`` is (audit entity type, field that holds its id)."""

    def declare(cls: type[T]) -> type[T]:
        event_type = EventType(name, version, service, entity[0], entity[1], action, affects_access)
        names = {field.name for field in fields(cast("Any", cls))}
        missing = {"organization_id", entity[1]} - names
        if missing:
            raise TypeError(f"{cls.__name__} lacks {', '.join(sorted(missing))}")
        if (name, version) in REGISTRY:
            raise TypeError(f"event {name} version {version} is declared twice")
        cast("Any", cls).EVENT = event_type
        REGISTRY[(name, version)] = cast("type[Event]", cls)
        return cls

    return declare


def kind_of(happened: Event) -> EventType:
    """How an event is called and audited."""
    return cast("Any", type(happened)).EVENT


def room_of(happened: Event | type[Any]) -> str:
    """The room that an event, or a type of events, is told by: the first word of its name."""
    return cast("Any", happened).EVENT.name.partition(".")[0]


def encode(happened: Event) -> bytes:
    """The event's fields as JSON."""
    return msgspec.json.encode(happened)


def decode(name: str, version: int, body: bytes | str) -> Event | None:
    """The event again, or None for one that this release does not know."""
    cls = REGISTRY.get((name, version))
    return None if cls is None else msgspec.json.decode(body, type=cls, strict=False)


def entity_id(happened: Event) -> str:
    """The id of the entity that the event is about."""
    return str(getattr(happened, kind_of(happened).entity_field))


@dataclass(frozen=True, slots=True)
class Notification:
    """One message for the subscribers of one topic; a room's ``topics.py`` makes these from its events.

    ``metadata`` stands beside the body in the envelope (a station's ``action``).
    """

    organization_id: str
    topic: str
    body: Any
    metadata: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that can be subscribed to.

    ``pattern`` has ``{id}`` where identifiers stand. A person's own topics (``own``) need no permission; others need one
    of ``permissions`` (none: everybody in the organization).
    """

    pattern: str
    description: str
    permissions: tuple[str, ...] = ()
    own: bool = False
