"""What keeps a recording, and what is to become of it: the matters that hold it, its deletion, its tombstone."""

from dataclasses import dataclass

from shiftline.authorization.operations import may
from shiftline.foundation.context import Context
from shiftline.recordings.deletion.model import Deletion, Tombstone
from shiftline.recordings.deletion.operations.retaining import find_deletions_of, find_tombstones
from shiftline.recordings.matters.model import Holder
from shiftline.recordings.matters.operations.asking import find_holders
from shiftline.recordings.matters.operations.opening import VIEW as VIEW_MATTERS
from shiftline.recordings.model import Recording
from shiftline.recordings.operations.reading import read_recording


@dataclass(frozen=True, slots=True)
class Keeping:
    """Of a recording: ``holders`` is None for who may not know of matters; ``deletion`` the one in force, else the last."""

    recording: Recording
    holders: tuple[Holder, ...] | None
    deletion: Deletion | None
    tombstone: Tombstone | None


async def get_keeping(context: Context, recording_id: str) -> Keeping:
    """What keeps a recording. Raises RecordingNotFound, PermissionMissing."""
    organization_id = context.organization_id
    async with context.reader() as reader:
        recording = await read_recording(context, reader, recording_id)
        holders = await find_holders(reader, organization_id, [recording_id])
        deletions = await find_deletions_of(reader, organization_id, [recording_id])
        tombstones = await find_tombstones(reader, organization_id, [recording_id])
    return Keeping(
        recording,
        holders.get(recording_id, ()) if may(context, VIEW_MATTERS) else None,
        deletions.get(recording_id),
        tombstones.get(recording_id),
    )
