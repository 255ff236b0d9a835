"""Exceptions and overrides on the wire."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from shiftline.access.model.connecting import ExceptionKind
from shiftline.access.shiftrule.model import ExceptionDraft, OverrideDraft, ShiftException, ShiftOverride
from shiftline.foundation.time import to_instant
from shiftline.foundation.web.wire import Identifier, Instant, NamedReference, Wire

EXCEPTIONS = "/api/v2/shiftline/access/shiftexceptions"
OVERRIDES = "/api/v2/shiftline/access/shiftoverrides"

Reason: TypeAlias = Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]


class ExceptionBody(Wire):
    """Whom the shift rule shall not concern: a user, whoever holds a role, or whoever is in a division; and why."""

    kind: ExceptionKind
    subject_id: Identifier
    reason: Reason
    ends_at: Instant | None = None


class OverrideBody(Wire):
    """Who shall be let in outside their shifts, for how many minutes, and why."""

    user_id: Identifier
    reason: Reason
    minutes: Annotated[int, Meta(ge=1, le=1440)] | None = None


class WireException(Wire, omit_defaults=False):
    """Whom the shift rule does not concern. ``state``: it stands, somebody ended it, or its end is reached."""

    id: str
    kind: ExceptionKind
    subject: NamedReference
    reason: str
    ends_at: datetime | None
    state: Literal["standing", "ended", "over"]
    version: int
    date_modified: datetime
    modified_by: NamedReference


class WireOverride(Wire, omit_defaults=False):
    """Who was let in by whom. ``state``: it stands, somebody ended it early, or its end is reached."""

    id: str
    user: NamedReference
    reason: str
    starts_at: datetime
    ends_at: datetime
    state: Literal["standing", "ended", "over"]
    granted_by: NamedReference
    date_ended: datetime | None
    ended_by: NamedReference | None


def read_exception(body: ExceptionBody) -> ExceptionDraft:
    """What a body means."""
    ends_at = None if body.ends_at is None else to_instant(body.ends_at, "endsAt")
    return ExceptionDraft(body.kind, body.subject_id, body.reason.strip(), ends_at)


def read_override(body: OverrideBody) -> OverrideDraft:
    """What a body means."""
    return OverrideDraft(body.user_id, body.reason.strip(), body.minutes)


def show_exception(found: ShiftException, now: datetime) -> WireException:
    """An exception as it stands now."""
    over = found.ends_at is not None and found.ends_at <= now
    return WireException(
        id=found.id,
        kind=found.kind,
        subject=NamedReference(id=found.subject_id, name=found.subject_name),
        reason=found.reason,
        ends_at=found.ends_at,
        state="ended" if not found.active else "over" if over else "standing",
        version=found.version,
        date_modified=found.since,
        modified_by=NamedReference(id=found.changed_by, name=found.changed_by_name),
    )


def show_override(found: ShiftOverride, now: datetime) -> WireOverride:
    """An override as it stands now."""
    early = found.ended_at is not None
    return WireOverride(
        id=found.id,
        user=NamedReference(id=found.person_id, name=found.person_name),
        reason=found.reason,
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        state="ended" if early else "over" if found.ends_at <= now else "standing",
        granted_by=NamedReference(id=found.granted_by, name=found.granted_by_name),
        date_ended=found.ended_at,
        ended_by=NamedReference(id=found.changed_by) if early else None,
    )
