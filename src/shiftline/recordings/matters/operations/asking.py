"""What other rooms ask: the recordings of a matter as one snapshot, and who holds a recording."""

from collections.abc import Collection, Mapping
from datetime import datetime

from shiftline.foundation.database import Reader
from shiftline.recordings.matters import store
from shiftline.recordings.matters.model import HeldRecording, Holder


async def list_held_recordings(
    reader: Reader,
    organization_id: str,
    matter_id: str,
    *,
    after: tuple[datetime, str] | None = None,
    limit: int = 1000,
) -> list[HeldRecording]:
    """The next recordings that a matter holds, in order of (started_at, id); ``after`` is the last one's.

    All of them are one snapshot when the caller's transaction is (``repeatable read``); the caller judges who may know.
    """
    return await store.list_held(reader, organization_id, matter_id, after=after, limit=limit)


async def find_holders(
    reader: Reader, organization_id: str, recording_ids: Collection[str]
) -> Mapping[str, tuple[Holder, ...]]:
    """The matters that hold recordings, by recording, oldest first; what none holds is left out."""
    return await store.list_holders(reader, organization_id, recording_ids)
