"""What happened to imports."""

from dataclasses import dataclass

from shiftline.foundation.events import event

SERVICE = "Recording"


@event("imports.import.started", service=SERVICE, entity=("Import", "import_id"), action="Create")
@dataclass(frozen=True, slots=True, kw_only=True)
class ImportStarted:
    """A folder is being read."""

    organization_id: str
    import_id: str
    folder: str
    reason: str


@event("imports.item.received", service=SERVICE, entity=("ImportedItem", "item_id"), action="Create")
@dataclass(frozen=True, slots=True, kw_only=True)
class ItemReceived:
    """Something is in quarantine as it came. Digests are hexadecimal."""

    organization_id: str
    item_id: str
    import_id: str
    path: str
    recording_id: str
    conversation_id: str | None
    metadata_sha256: str | None
    media_sha256: str | None
    media_size: int | None
    rules: tuple[str, ...]


@event("imports.item.repaired", service=SERVICE, entity=("ImportedItem", "item_id"), action="Update")
@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRepaired:
    """An item became a recording. ``fields`` were corrected."""

    organization_id: str
    item_id: str
    recording_id: str
    conversation_id: str | None
    fields: tuple[str, ...]
    accepted: tuple[str, ...]
    reason: str
