"""What was written in a conversation becomes a recording like any other: one document, encrypted, hashed and sealed at its end.

Each step may be repeated, as with sound: the document is made of messages that nobody can change, the object's key holds its
own hash, and the row is sealed once.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.time import find_zone
from shiftline.recordings import rules, store, transcripts
from shiftline.recordings.container import LARGEST_CHUNK, Counts, Writer
from shiftline.recordings.errors import RecordingNotFound
from shiftline.recordings.matters.operations.standing import guard_standing_in
from shiftline.recordings.model import CALL, EndedBy, Recording, SealedFile, State
from shiftline.recordings.operations.opening import get_data_key, stop_recording_in
from shiftline.recordings.operations.sealing import seal_recording_in
from shiftline.recordings.operations.vault import Vault


@dataclass(frozen=True, slots=True)
class TranscriptDraft:
    """A whole transcript: its document, how many messages it has, whose conversation it was (who of ours answered last)
    and in which IANA zone they work.
    """

    document: bytes
    messages: int
    last_at: datetime | None
    zone: str
    person_id: str | None = None
    queue_id: str | None = None


async def place_transcript_in(
    tx: Transaction, conversation_id: str, *, person_id: str | None, queue_id: str | None, zone: str
) -> None:
    """Who answers what is being taken down, and in which IANA zone they work: the latest who does counts."""
    recording_id = await transcripts.open_transcript_of(tx, tx.context.organization_id, conversation_id)
    recording = None if recording_id is None else await store.lock_recording(tx, recording_id)
    if recording is not None:
        await _settle_in(tx, recording, zone, person_id, queue_id)


async def stop_transcript_in(tx: Transaction, conversation_id: str) -> str | None:
    """Ask for the end of what a conversation's recording takes down; its id, None where there is none that is open."""
    recording_id = await transcripts.open_transcript_of(tx, tx.context.organization_id, conversation_id)
    if recording_id is not None:
        await stop_recording_in(tx, recording_id, tx.context.now(), EndedBy.CALL)
    return recording_id


async def find_unsealed(reader: Reader, age: timedelta, limit: int) -> list[tuple[str, str, str]]:
    """Organization, recording and conversation of transcripts that were stopped and not sealed, in all organizations."""
    rows = await transcripts.list_unsealed_transcripts(reader, age, limit)
    return [(row["organization_id"], row["id"], row["conversation_id"]) for row in rows]


async def seal_transcript(context: Context, vault: Vault, recording_id: str, draft: TranscriptDraft) -> Recording:
    """Encrypt a document, put it into the objects and seal its recording; one that is sealed stays as it is.

    Raises RecordingNotFound, KeysUnavailable, KeyUnknown, Unavailable.
    """
    data_key = await get_data_key(context, recording_id, vault.keys)
    stored = await asyncio.to_thread(_encrypt, data_key, recording_id, draft, context.now())
    stored_sha256 = hashlib.sha256(stored).digest()
    key = f"recordings/{context.organization_id}/{recording_id}/{stored_sha256.hex()}"
    await vault.objects.put(key, stored)
    async with context.transaction() as tx:
        await guard_standing_in(tx)
        recording = await store.lock_recording(tx, recording_id)
        if recording is None or recording.medium == CALL:
            raise RecordingNotFound(recording_id)
        if recording.state in (State.SEALED, State.DESTROYED):
            twin = recording.object_key != key
        else:
            twin = False
            await _settle_in(tx, recording, draft.zone, draft.person_id, draft.queue_id)
            file = SealedFile(
                object_key=key,
                stored_sha256=stored_sha256,
                stored_size=len(stored),
                sha256=hashlib.sha256(draft.document).digest(),
                size=len(draft.document),
                duration=(recording.stop_at or recording.started_at) - recording.started_at,
                packets=draft.messages,
                lost=0,
                last_at=draft.last_at,
                crashed=False,
            )
            recording = await seal_recording_in(tx, recording_id, file)
    if twin:
        await vault.objects.delete(key)
    return recording


async def _settle_in(
    tx: Transaction, recording: Recording, zone: str, person_id: str | None, queue_id: str | None
) -> None:
    offset = rules.offset_seconds(recording.started_at, find_zone(zone, "zone"))
    settled = {"person_id": person_id or recording.person_id, "queue_id": queue_id, "zone": zone}
    await transcripts.settle_transcript(tx, recording.id, {**settled, "utc_offset_seconds": offset})


def _encrypt(data_key: bytes, recording_id: str, draft: TranscriptDraft, now: datetime) -> bytes:
    writer, document = Writer(data_key, recording_id), draft.document
    pieces = (document[start : start + LARGEST_CHUNK] for start in range(0, len(document), LARGEST_CHUNK))
    at = draft.last_at or now
    return b"".join(
        [writer.header, *(writer.chunk(piece, at) for piece in pieces), writer.end(Counts(draft.messages, 0))]
    )
