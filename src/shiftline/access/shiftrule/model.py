"""Exceptions from the shift rule, and overrides of it."""

from dataclasses import dataclass
from datetime import datetime

from shiftline.access.model.connecting import ExceptionKind


@dataclass(frozen=True, slots=True)
class ExceptionDraft:
    """Whom the rule shall not concern, why, and until when (None: with no end)."""

    kind: ExceptionKind
    subject_id: str
    reason: str
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShiftException:
    """Whom the rule does not concern. ``active`` False: somebody ended it, ``changed_by`` at ``since``."""

    id: str
    kind: ExceptionKind
    subject_id: str
    subject_name: str | None
    reason: str
    ends_at: datetime | None
    active: bool
    version: int
    since: datetime
    changed_by: str
    changed_by_name: str | None


@dataclass(frozen=True, slots=True)
class OverrideDraft:
    """Who shall be let in, for how long (None: as long as the tenant's settings say), and why."""

    person_id: str
    reason: str
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class ShiftOverride:
    """Who was let in by whom, from when until when. ``ended_at``: ``changed_by`` ended it early."""

    id: str
    person_id: str
    person_name: str | None
    division_id: str | None
    reason: str
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    granted_by: str
    granted_by_name: str | None
    since: datetime
    changed_by: str
