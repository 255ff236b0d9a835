"""Work that is answered later, and the files that it comes in."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import msgspec


class OperationStatus(StrEnum):
    """How far long work is, in the vendor's words."""

    PROCESSING = "Processing"
    COMPLETE = "Complete"
    CANCELED = "Canceled"
    ERROR = "Error"


class OperationKind(StrEnum):
    """What long work does, in the vendor's words."""

    UPDATE = "Update"
    IMPORT = "Import"
    COPY = "Copy"
    DELETE = "Delete"


class FieldProblem(msgspec.Struct, frozen=True):
    """What was wrong at a field of a request that was worked on later."""

    field: str
    sentence: str
    code: str


@dataclass(frozen=True, slots=True)
class Operation:
    """Long work and what became of it."""

    id: str
    kind: OperationKind
    status: OperationStatus
    business_unit_id: str
    schedule_id: str | None
    message: str | None
    problems: tuple[FieldProblem, ...]
    started_by: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Upload:
    """A place for one file. ``expires_at`` is real time; ``operation_id`` is set once it is worked on."""

    id: str
    purpose: OperationKind
    business_unit_id: str
    week_date: date
    schedule_id: str | None
    size_bytes: int
    created_by: str
    expires_at: datetime
    content: bytes | None = None
    operation_id: str | None = None
