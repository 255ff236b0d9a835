"""What happened to exceptions from the shift rule, and to overrides of it."""

from dataclasses import dataclass
from datetime import datetime

from shiftline.foundation.events import event


@event("access.shift_exception.changed", service="Telephony", entity=("ShiftException", "exception_id"),
       affects_access=True)  # fmt: skip
@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftExceptionChanged:
    """The rule does not concern somebody, or does again. ``person_id``: of a person's exception; else it may be anybody's."""

    organization_id: str
    exception_id: str
    kind: str
    subject_id: str
    reason: str
    ends_at: datetime | None
    active: bool
    person_id: str | None = None


@event("access.shift_override.changed", service="Telephony", entity=("ShiftOverride", "override_id"),
       affects_access=True)  # fmt: skip
@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftOverrideChanged:
    """Somebody was let in outside their shifts for a time; ``ended_at``: that was ended early."""

    organization_id: str
    override_id: str
    person_id: str
    reason: str
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None = None
