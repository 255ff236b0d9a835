"""A question about the audit, and one line of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from shiftline.foundation.time import Interval

Property = Literal["UserId", "ClientId", "Action", "EntityType", "EntityId"]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. ``filters``: every property named must have one of its values."""

    span: Interval
    service: str | None = None
    filters: Mapping[Property, tuple[str, ...]] = field(default_factory=dict[Property, tuple[str, ...]])
    descending: bool = True


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """A question that was put, with its answer frozen: nothing after ``last_id`` belongs to it."""

    id: str
    question: Question
    last_id: int
    started_at: datetime
    started_by: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: ``at`` by the application's clock, ``body`` the event's own fields."""

    id: int
    at: datetime
    actor_id: str
    actor_kind: str
    client_id: str | None
    remote_address: str | None
    correlation_id: str
    service: str
    entity_type: str
    entity_id: str
    action: str
    event: str
    body: Mapping[str, Any]
