"""What was recorded elsewhere becomes a sealed recording, in one transaction: it was never open here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Conflict
from shiftline.foundation.time import TZDATA_VERSION, Interval, find_zone
from shiftline.recordings import rules, store
from shiftline.recordings.events import RecordingSealed
from shiftline.recordings.keys import WrappedKey
from shiftline.recordings.matters.operations.standing import guard_standing_in, take_standing_in
from shiftline.recordings.model import EndedBy, Recording, RecordingDraft, Revision, SealedFile, State
from shiftline.recordings.operations.entering import SEALED, enter_in, facts_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """A recording from elsewhere: ``draft`` with its id; ``key`` is bound to that id, as the file is.

    ``reason`` stands in revision 1, whose digest covers it: it names the digests of what came.
    """

    draft: RecordingDraft
    key: WrappedKey
    file: SealedFile
    ended_at: datetime
    division_ids: Sequence[str]
    reason: str
    archive_at: datetime | None = None
    delete_at: datetime | None = None


async def adopt_recording_in(tx: Transaction, adoption: Adoption) -> tuple[Recording, Revision]:
    """A sealed recording with its first revision, event and entry in the ledger, like any other's. Standing holds take it.

    Its zone and instants must have been judged. Raises Conflict when there is a recording of that id, ZoneUnknown.
    """
    draft, file, context = adoption.draft, adoption.file, tx.context
    recording_id = draft.id
    assert recording_id is not None
    zone = find_zone(draft.zone, "timeZone")
    offset = rules.offset_seconds(draft.started_at, zone), TZDATA_VERSION
    if await store.find_recording(tx, context.organization_id, recording_id) is not None:
        raise Conflict(f"There is a recording {recording_id} already. Nothing was changed.", code="recording.exists")
    await guard_standing_in(tx)
    await store.insert_recording(tx, draft, recording_id=recording_id, reason=draft.reason or "import", offset=offset)
    await store.set_key(tx, recording_id, adoption.key.key_id, adoption.key.wrapped)
    opened = await store.lock_recording(tx, recording_id)
    assert opened is not None
    sealed = replace(
        opened,
        state=State.SEALED,
        division_ids=tuple(adoption.division_ids),
        ended_at=adoption.ended_at,
        ended_by=EndedBy.CALL,
        offsets=rules.list_offsets(Interval(draft.started_at, adoption.ended_at), zone),
        duration_ms=file.duration // timedelta(milliseconds=1),
        packets=file.packets,
        lost=file.lost,
        sha256=file.sha256,
        size=file.size,
        object_key=file.object_key,
        stored_sha256=file.stored_sha256,
        stored_size=file.stored_size,
        archive_at=adoption.archive_at,
        delete_at=adoption.delete_at,
        revision=1,
    )
    await store.update_recording(tx, sealed)
    metadata = rules.describe_metadata(sealed)
    digest = rules.digest_revision(b"", 1, metadata, adoption.reason)
    revision = Revision(sealed.id, 1, metadata, (), adoption.reason, context.actor.id, context.now(), digest)
    await store.insert_revision(tx, revision)
    happened = RecordingSealed(
        organization_id=sealed.organization_id,
        recording_id=sealed.id,
        conversation_id=sealed.conversation_id,
        person_ids=() if sealed.person_id is None else (sealed.person_id,),
        started_at=sealed.started_at,
        ended_at=adoption.ended_at,
        ended_by=EndedBy.CALL.value,
        duration_ms=sealed.duration_ms or 0,
        size=file.size,
        sha256=file.sha256.hex(),
    )
    tx.record(happened)
    stored = {"stored_sha256": file.stored_sha256.hex(), "stored_size": file.stored_size, "imported": True}
    await enter_in(tx, SEALED, happened, {**stored, **facts_of(revision)})
    await take_standing_in(tx, sealed.id)
    return sealed, revision


async def find_known_in(tx: Transaction, ids: Sequence[str]) -> frozenset[str]:
    """Those of the ids of which there are recordings."""
    return frozenset(await store.known_recordings(tx, tx.context.organization_id, ids))
