"""What happened to exports."""

from dataclasses import dataclass

from shiftline.foundation.events import event

SERVICE = "Discovery"
ENTITY = ("LegalExport", "export_id")


@event("discovery.export.created", service=SERVICE, entity=ENTITY, action="Create")
@dataclass(frozen=True, slots=True, kw_only=True)
class ExportCreated:
    """Somebody asked for an export."""

    organization_id: str
    export_id: str
    matter_id: str | None
    matter_name: str
    reason: str
    destination: str


@event("discovery.export.advanced", service=SERVICE, entity=ENTITY)
@dataclass(frozen=True, slots=True, kw_only=True)
class ExportAdvanced:
    """An export reached a step, stored more, or has a problem."""

    organization_id: str
    export_id: str
    status: str
    step: str
    total_objects: int
    total_bytes: int
    stored_objects: int
    stored_bytes: int
    problem: str | None = None


@event("discovery.export.sealed", service=SERVICE, entity=ENTITY)
@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSealed:
    """An export is whole."""

    organization_id: str
    export_id: str
    root: str
    objects: int
    size: int
