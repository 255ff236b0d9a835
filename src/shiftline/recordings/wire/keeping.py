"""What keeps a recording, on the wire."""

from collections.abc import Sequence
from datetime import datetime

from shiftline.foundation.web.wire import Wire
from shiftline.recordings.matters.model import Holder
from shiftline.recordings.operations.keeping import Keeping


class WireHolder(Wire):
    """A matter that holds a recording, since when."""

    matter_id: str
    matter_name: str
    date_held: datetime


class WireMarked(Wire, omit_defaults=False):
    """A recording's deletion."""

    id: str
    state: str
    cause: str
    reason: str
    asked_by: str
    date_marked: datetime
    date_due: datetime
    approved_by: str | None
    ended_why: str | None


class WireDestruction(Wire):
    """When, why and by whom a recording was destroyed; ``dateErased``: when its object went, too."""

    date: datetime
    cause: str
    reason: str
    asked_by: str
    approved_by: str
    sha256: str
    date_erased: datetime | None = None


class WireKeeping(Wire, omit_defaults=False):
    """``heldBy`` counts the matters; ``matters`` is null for who may not know of them."""

    recording_id: str
    state: str
    held_by: int
    matters: Sequence[WireHolder] | None
    archive_date: datetime | None
    delete_date: datetime | None
    date_archived: datetime | None
    deletion: WireMarked | None
    destruction: WireDestruction | None


def show_keeping(keeping: Keeping) -> WireKeeping:
    """What keeps a recording."""
    recording = keeping.recording
    return WireKeeping(
        recording_id=recording.id,
        state=recording.state.value,
        held_by=recording.held_by,
        matters=None if keeping.holders is None else [_holder(each) for each in keeping.holders],
        archive_date=recording.archive_at,
        delete_date=recording.delete_at,
        date_archived=recording.archived_at,
        deletion=_marked(keeping),
        destruction=_destruction(keeping),
    )


def _holder(holder: Holder) -> WireHolder:
    return WireHolder(matter_id=holder.matter_id, matter_name=holder.matter_name, date_held=holder.since)


def _marked(keeping: Keeping) -> WireMarked | None:
    deletion = keeping.deletion
    if deletion is None:
        return None
    return WireMarked(
        id=deletion.id,
        state=deletion.state.value,
        cause=deletion.cause.value,
        reason=deletion.reason,
        asked_by=deletion.asked_by,
        date_marked=deletion.marked_at,
        date_due=deletion.due_at,
        approved_by=deletion.approved_by,
        # A sentence that names a matter is for those who may know of matters.
        ended_why=deletion.ended_why if keeping.holders is not None or deletion.state.value != "held" else None,
    )


def _destruction(keeping: Keeping) -> WireDestruction | None:
    left = keeping.tombstone
    if left is None:
        return None
    return WireDestruction(
        date=left.destroyed_at,
        cause=left.cause.value,
        reason=left.reason,
        asked_by=left.asked_by,
        approved_by=left.approved_by,
        sha256=left.sha256.hex(),
        date_erased=left.object_gone_at,
    )
