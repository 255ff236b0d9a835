"""When a recording is to be archived and deleted: dates of its own, whatever a policy said. ``deletion`` acts on them."""

from dataclasses import replace
from datetime import datetime

from shiftline.foundation.context import Context
from shiftline.foundation.time import to_instant
from shiftline.recordings import rules, store
from shiftline.recordings.deletion.operations.retaining import follow_dates_in, require_present_in
from shiftline.recordings.errors import NotSealed, RecordingNotFound
from shiftline.recordings.model import Recording, State
from shiftline.recordings.operations.reading import require_in
from shiftline.recordings.operations.revising import revise_in

EDIT = "recording:recording:editRetention"
REASON = "recording.retention"


async def set_retention(
    context: Context, recording_id: str, conversation_id: str, archive_at: datetime | None, delete_at: datetime | None
) -> Recording:
    """Give a sealed recording these dates, None: none; that makes a revision.

    A later date brings an archived recording back, and withdraws the deletion that the former one had marked. Raises
    RecordingNotFound, PermissionMissing, NotSealed, RecordingDestroyed, RetentionInvalid.
    """
    async with context.transaction() as tx:
        recording = await store.lock_recording(tx, recording_id)
        if recording is None or recording.conversation_id != conversation_id:
            raise RecordingNotFound(recording_id)
        require_in(context, recording)
        require_in(context, recording, EDIT)
        await require_present_in(tx, recording)
        if recording.state is not State.SEALED:
            raise NotSealed(recording_id, recording.state.value)
        archive, delete = (None if each is None else to_instant(each) for each in (archive_at, delete_at))
        rules.check_retention(recording, archive, delete)
        changed = replace(recording, archive_at=archive, delete_at=delete)
        await revise_in(tx, recording, changed, REASON)
        await follow_dates_in(tx, recording_id, archive, delete)
        found = await store.find_recording(tx, context.organization_id, recording_id)
    assert found is not None
    return found
