"""One date of a recording is set in somebody's transaction; the other one stays."""

from dataclasses import replace
from datetime import datetime

from shiftline.foundation.database import Transaction
from shiftline.recordings import rules, store
from shiftline.recordings.deletion.operations.retaining import follow_dates_in, require_present_in
from shiftline.recordings.errors import NotSealed, RecordingNotFound
from shiftline.recordings.model import Recording, State
from shiftline.recordings.operations.reading import require_in
from shiftline.recordings.operations.retention import EDIT
from shiftline.recordings.operations.revising import revise_in


async def set_date_in(
    tx: Transaction,
    recording_id: str,
    *,
    archive_at: datetime | None = None,
    delete_at: datetime | None = None,
    reason: str,
) -> Recording:
    """Give a sealed recording a date, aware, of being archived or deleted; that makes a revision when it had another.

    Raises RecordingNotFound, PermissionMissing, RecordingDestroyed, NotSealed, RetentionInvalid; nothing was written then.
    """
    recording = await store.lock_recording(tx, recording_id)
    if recording is None:
        raise RecordingNotFound(recording_id)
    require_in(tx.context, recording, EDIT)
    await require_present_in(tx, recording)
    if recording.state is not State.SEALED:
        raise NotSealed(recording_id, recording.state.value)
    archive, delete = archive_at or recording.archive_at, delete_at or recording.delete_at
    rules.check_retention(recording, archive, delete)
    changed = replace(recording, archive_at=archive, delete_at=delete)
    revision = await revise_in(tx, recording, changed, reason)
    await follow_dates_in(tx, recording_id, archive, delete)
    return recording if revision is None else replace(changed, revision=revision.number)
