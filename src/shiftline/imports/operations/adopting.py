"""An item without an open problem becomes a recording; what came stays beside it, by its digests."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from shiftline.conversations.model.conversations import Direction, Purpose
from shiftline.conversations.model.past import PastConversation, PastParticipant
from shiftline.conversations.operations.recalling import recall_conversation_in
from shiftline.foundation.database import Transaction
from shiftline.imports import store
from shiftline.imports.events import ItemRepaired
from shiftline.imports.model import Evidence, Examined, Fields, Item, ItemState, Known, Media, Problem
from shiftline.imports.operations.entering import record_in
from shiftline.imports.rules.reporting import describe
from shiftline.recordings.keys import WrappedKey
from shiftline.recordings.model import IMPORTED, ParticipantSnapshot, RecordingDraft, SealedFile
from shiftline.recordings.operations.adopting import Adoption, adopt_recording_in


async def adopt_in(
    tx: Transaction, item: Item, examined: Examined, known: Known, *, reason: str, accepted: Sequence[str] = ()
) -> Item:
    """Make a recording of an item that waits and of which no problem is open. Raises Conflict."""
    adoption = _adoption(item, examined.fields, known, reason)
    recording, revision = await adopt_recording_in(tx, adoption)
    await recall_conversation_in(tx, _past(item, examined.fields, known))
    whole = replace(item, problems=_solved(item, examined))
    after = {**describe(examined.fields), "utc_offset_seconds": recording.utc_offset_seconds}
    await store.adopt_item(tx, whole, after=after, reason=reason)
    corrected = {each.field for each in examined.problems if not each.open and each.corrected is not None}
    happened = ItemRepaired(
        organization_id=tx.context.organization_id,
        item_id=item.id,
        recording_id=recording.id,
        conversation_id=recording.conversation_id,
        fields=tuple(sorted({*corrected, *item.corrections})),
        accepted=tuple(accepted),
        reason=reason,
    )
    more = {**digests_of(item), "revision_digest": revision.digest.hex(), "corrections": _texts(item)}
    await record_in(tx, happened, more)
    return replace(whole, state=ItemState.ADOPTED, after=after, wrapped_key=None)


def _solved(item: Item, examined: Examined) -> tuple[Problem, ...]:
    """The problems that it came with, and what solved them; those that showed only then follow."""
    came = {(each.rule, each.field) for each in item.problems}
    solved = [
        replace(each, open=False, corrected=item.corrections.get(each.field, each.corrected)) for each in item.problems
    ]
    return (*solved, *(each for each in examined.problems if (each.rule, each.field) not in came))


def _texts(item: Item) -> dict[str, str]:
    """What somebody gave; the ledger's JSON knows no fractions."""
    return {name: str(value) for name, value in item.corrections.items()}


def digests_of(item: Item) -> dict[str, str | int | None]:
    """What proves that a file is the one that came."""
    return {
        "metadata_sha256": None if item.metadata_sha256 is None else item.metadata_sha256.hex(),
        "media_sha256": None if item.media_sha256 is None else item.media_sha256.hex(),
        "media_size": item.media_size,
    }


def _adoption(item: Item, fields: Fields, known: Known, reason: str) -> Adoption:
    held = (item.key_id, item.wrapped_key, item.object_key, item.stored_sha256, item.stored_size, item.media_sha256)
    told = (fields.conversation_id, fields.started_at, fields.ended_at, fields.zone, fields.direction)
    if None in (*held, *told, item.media_size, item.container, item.codec):
        raise ValueError("an item with an open problem is no recording")
    assert item.key_id is not None
    assert item.wrapped_key is not None
    assert item.object_key is not None
    assert item.stored_sha256 is not None
    assert item.media_sha256 is not None
    assert fields.ended_at is not None
    originals = ", ".join(f"{name} sha256:{digest}" for name, digest in _originals(item))
    return Adoption(
        draft=_draft(item, fields, known),
        key=WrappedKey(item.key_id, item.wrapped_key),
        file=SealedFile(
            object_key=item.object_key,
            stored_sha256=item.stored_sha256,
            stored_size=item.stored_size or 0,
            sha256=item.media_sha256,
            size=item.media_size or 0,
            duration=timedelta(milliseconds=item.duration_ms or 0),
            packets=item.packets or 0,
            lost=0,
            last_at=None,
            crashed=False,
        ),
        ended_at=fields.ended_at,
        division_ids=fields.division_ids,
        reason=f"import.repaired: {reason} (original {originals})",
        archive_at=fields.archive_at,
        delete_at=fields.delete_at,
    )


def _originals(item: Item) -> list[tuple[str, str]]:
    found = (("media", item.media_sha256), ("metadata", item.metadata_sha256))
    return [(name, digest.hex()) for name, digest in found if digest is not None]


def _draft(item: Item, fields: Fields, known: Known) -> RecordingDraft:
    assert fields.conversation_id is not None
    assert fields.started_at is not None
    assert fields.zone is not None
    assert fields.direction is not None
    took_part = _participants(item, fields, known)
    return RecordingDraft(
        conversation_id=fields.conversation_id,
        participant_id=took_part[-1].id,
        leg_id=item.recording_id,
        started_at=fields.started_at,
        zone=fields.zone,
        direction=fields.direction,
        person_id=fields.person_id,
        queue_id=fields.queue_id,
        participants=[
            ParticipantSnapshot(each.id, each.purpose, each.person_id, each.queue_id, each.name, each.address)
            for each in took_part
        ],
        reason=IMPORTED,
        id=item.recording_id,
        codec=item.codec or "",
        container=item.container or "",
    )


def _past(item: Item, fields: Fields, known: Known) -> PastConversation:
    """What the recording tells of its conversation."""
    assert fields.conversation_id is not None
    assert fields.direction is not None
    return PastConversation(
        id=fields.conversation_id,
        direction=Direction(fields.direction),
        participants=_participants(item, fields, known),
        division_ids=fields.division_ids,
    )


def _participants(item: Item, fields: Fields, known: Known) -> tuple[PastParticipant, ...]:
    """Who took part, whose leg it is last: one from outside in the whole conversation, an agent in each recording."""
    assert fields.started_at is not None
    assert fields.ended_at is not None
    outside = PastParticipant(
        id=f"{fields.conversation_id}-outside",
        purpose=Purpose.CUSTOMER,
        started_at=fields.started_at,
        ended_at=fields.ended_at,
        address=fields.address,
    )
    if fields.person_id is None:
        return (outside,)
    inside = PastParticipant(
        id=f"{item.recording_id}-agent",
        purpose=Purpose.AGENT,
        started_at=fields.started_at,
        ended_at=fields.ended_at,
        person_id=fields.person_id,
        queue_id=fields.queue_id,
        queue_name=known.queues.get(fields.queue_id or ""),
        name=known.people.get(fields.person_id),
    )
    return outside, inside


def evidence_of(item: Item) -> Evidence:
    """What an item was examined by when it came, from its row."""
    media = None
    if item.container is not None and item.codec is not None and item.media_type is not None:
        lasting = timedelta(milliseconds=item.duration_ms or 0)
        media = Media(item.container, item.codec, item.media_type, lasting, item.packets, item.truncated)
    return Evidence(
        path=item.path,
        recording_id=item.recording_id,
        conversation_id=item.conversation_id,
        folder_hour=item.folder_hour,
        metadata=item.metadata,
        media=media,
        media_size=item.media_size,
        media_sha256=item.media_sha256,
    )
