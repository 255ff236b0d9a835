"""The vendor's operations on notes of recordings."""

from litestar import delete, get, post, put

from shiftline.foundation.context import Context
from shiftline.recordings.operations import annotating
from shiftline.recordings.wire.annotations import AnnotationBody, WireAnnotation, read_annotation, show_annotation

ALL = "/api/v2/conversations/{conversation_id:str}/recordings/{recording_id:str}/annotations"
ONE = f"{ALL}/{{annotation_id:str}}"
TAGS = ["Recording"]


@get(ALL, operation_id="getConversationRecordingAnnotations", tags=TAGS)
async def get_all(context: Context, conversation_id: str, recording_id: str) -> list[WireAnnotation]:
    """What people noted on a recording, in the order of its place."""
    found = await annotating.list_annotations(context, conversation_id, recording_id)
    return [show_annotation(each, conversation_id) for each in found]


@post(ALL, operation_id="postConversationRecordingAnnotations", status_code=200, tags=TAGS)
async def post_one(context: Context, conversation_id: str, recording_id: str, data: AnnotationBody) -> WireAnnotation:
    """Note something on a recording."""
    draft = read_annotation(data)
    return show_annotation(
        await annotating.add_annotation(context, conversation_id, recording_id, draft), conversation_id
    )


@get(ONE, operation_id="getConversationRecordingAnnotation", tags=TAGS)
async def get_one(context: Context, conversation_id: str, recording_id: str, annotation_id: str) -> WireAnnotation:
    """One note."""
    found = await annotating.get_annotation(context, conversation_id, recording_id, annotation_id)
    return show_annotation(found, conversation_id)


@put(ONE, operation_id="putConversationRecordingAnnotation", tags=TAGS)
async def put_one(
    context: Context, conversation_id: str, recording_id: str, annotation_id: str, data: AnnotationBody
) -> WireAnnotation:
    """A note says something else."""
    place = (conversation_id, recording_id, annotation_id)
    return show_annotation(await annotating.change_annotation(context, place, read_annotation(data)), conversation_id)


@delete(ONE, operation_id="deleteConversationRecordingAnnotation", tags=TAGS)
async def delete_one(context: Context, conversation_id: str, recording_id: str, annotation_id: str) -> None:
    """Take a note away."""
    await annotating.delete_annotation(context, conversation_id, recording_id, annotation_id)


ROUTES = [get_all, post_one, get_one, put_one, delete_one]
