"""People note something on a recording: where in its sound, and what."""

from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.ids import new_id
from shiftline.recordings.control import store
from shiftline.recordings.control.errors import AnnotationInvalid, AnnotationNotFound
from shiftline.recordings.control.model import Annotation, AnnotationDraft
from shiftline.recordings.events import AnnotationChanged
from shiftline.recordings.model import Recording
from shiftline.recordings.operations.reading import read_recording, require_in

VIEW = "recording:annotation:view"
ADD = "recording:annotation:add"
EDIT = "recording:annotation:edit"
DELETE = "recording:annotation:delete"


async def list_annotations(context: Context, conversation_id: str, recording_id: str) -> list[Annotation]:
    """The notes on a recording, in the order of their place. Raises RecordingNotFound, PermissionMissing."""
    async with context.reader() as reader:
        await _read(context, reader, (conversation_id, recording_id), VIEW)
        return await store.list_annotations(reader, context.organization_id, [recording_id])


async def get_annotation(context: Context, conversation_id: str, recording_id: str, annotation_id: str) -> Annotation:
    """One note. Raises RecordingNotFound, AnnotationNotFound, PermissionMissing."""
    async with context.reader() as reader:
        await _read(context, reader, (conversation_id, recording_id), VIEW)
        return await _find(reader, context.organization_id, recording_id, annotation_id)


async def add_annotation(
    context: Context, conversation_id: str, recording_id: str, draft: AnnotationDraft
) -> Annotation:
    """A new note. Raises RecordingNotFound, AnnotationInvalid, PermissionMissing."""
    annotation_id = new_id()
    async with context.transaction() as tx:
        recording = await _read(context, tx, (conversation_id, recording_id), ADD)
        _check(recording, draft)
        await store.insert_annotation(tx, annotation_id, recording_id, draft)
        _record(tx, recording, annotation_id)
        return await _find(tx, context.organization_id, recording_id, annotation_id)


async def change_annotation(context: Context, place: tuple[str, str, str], draft: AnnotationDraft) -> Annotation:
    """A note says something else; ``place``: conversation, recording, note. Raises as ``get_annotation``, AnnotationInvalid."""
    conversation_id, recording_id, annotation_id = place
    async with context.transaction() as tx:
        recording = await _read(context, tx, (conversation_id, recording_id), EDIT)
        _check(recording, draft)
        if not await store.update_annotation(tx, annotation_id, recording_id, draft):
            raise AnnotationNotFound(annotation_id)
        _record(tx, recording, annotation_id)
        return await _find(tx, context.organization_id, recording_id, annotation_id)


async def delete_annotation(context: Context, conversation_id: str, recording_id: str, annotation_id: str) -> None:
    """Take a note away. Raises as ``get_annotation``."""
    async with context.transaction() as tx:
        recording = await _read(context, tx, (conversation_id, recording_id), DELETE)
        if not await store.delete_annotation(tx, annotation_id, recording_id):
            raise AnnotationNotFound(annotation_id)
        _record(tx, recording, annotation_id, deleted=True)


async def _read(context: Context, reader: Reader, place: tuple[str, str], permission: str) -> Recording:
    recording = await read_recording(context, reader, place[1], place[0])
    require_in(context, recording, permission)
    return recording


async def _find(reader: Reader, organization_id: str, recording_id: str, annotation_id: str) -> Annotation:
    for each in await store.list_annotations(reader, organization_id, [recording_id], annotation_id):
        return each
    raise AnnotationNotFound(annotation_id)


def _check(recording: Recording, draft: AnnotationDraft) -> None:
    length = recording.duration_ms
    if length is None:
        return
    if draft.location_ms > length:
        raise AnnotationInvalid("location", f"was {draft.location_ms} ms; the recording is {length} ms long.")
    if draft.location_ms + draft.duration_ms > length:
        sentence = f"was {draft.duration_ms} ms from {draft.location_ms} ms on; the recording ends at {length} ms."
        raise AnnotationInvalid("durationMs", sentence)


def _record(tx: Transaction, recording: Recording, annotation_id: str, *, deleted: bool = False) -> None:
    tx.record(
        AnnotationChanged(
            organization_id=recording.organization_id,
            annotation_id=annotation_id,
            recording_id=recording.id,
            conversation_id=recording.conversation_id,
            deleted=deleted,
        )
    )
