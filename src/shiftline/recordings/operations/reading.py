"""Who may know of recordings, and what they are told.

Everybody, an agent for their own calls too, needs ``recording:recording:view`` in one of a recording's divisions, which are
those of its conversation.
"""

from shiftline.authorization.errors import PermissionMissing
from shiftline.authorization.model import EVERY_DIVISION
from shiftline.authorization.operations import require
from shiftline.authorization.rules import divisions_of, judge
from shiftline.conversations.errors import ConversationNotFound
from shiftline.conversations.operations.conversations import find_conversation
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.decision import Decision
from shiftline.foundation.web.paging import Page
from shiftline.recordings import store
from shiftline.recordings.errors import RecordingNotFound
from shiftline.recordings.model import Access, Recording, RecordingFilter, Revision

VIEW = "recording:recording:view"
AUDIT = "audits:audit:view"
MANY = 1000


def judge_access(context: Context, recording: Recording, permission: str = VIEW) -> Decision:
    """Whether the caller holds a permission in one of a recording's divisions."""
    judged = [judge(context.actor, (permission,), each, context.now()) for each in recording.division_ids]
    return next((decision for decision in judged if decision.allowed is True), judged[0])


def require_in(context: Context, recording: Recording, permission: str = VIEW) -> None:
    """Go on only with a permission in one of a recording's divisions. Raises PermissionMissing."""
    decision = judge_access(context, recording, permission)
    if decision.allowed is not True:
        raise PermissionMissing(decision, (permission,))


def permitted_divisions(context: Context, permission: str = VIEW) -> list[str] | None:
    """The divisions in which the caller holds a permission, None: all. Raises PermissionMissing when in none."""
    require(context, permission)
    held = divisions_of(context.actor.grants, permission)
    return None if context.actor.kind == "system" or EVERY_DIVISION in held else sorted(held)


async def get_recording(context: Context, recording_id: str, conversation_id: str | None = None) -> Recording:
    """One recording (of that conversation, when given). Raises RecordingNotFound, PermissionMissing."""
    async with context.reader() as reader:
        return await read_recording(context, reader, recording_id, conversation_id)


async def read_recording(
    context: Context, reader: Reader, recording_id: str, conversation_id: str | None = None
) -> Recording:
    """``get_recording`` on the caller's connection."""
    recording = await find_recording(reader, context.organization_id, recording_id)
    if conversation_id not in (None, recording.conversation_id):
        raise RecordingNotFound(recording_id)
    require_in(context, recording)
    return recording


async def find_recording(reader: Reader, organization_id: str, recording_id: str) -> Recording:
    """One recording, for operations that judge who may have it. Raises RecordingNotFound."""
    recording = await store.find_recording(reader, organization_id, recording_id)
    if recording is None:
        raise RecordingNotFound(recording_id)
    return recording


async def list_of_conversation(context: Context, conversation_id: str) -> list[Recording]:
    """A conversation's recordings that the caller may know of, in order of their start.

    Raises ConversationNotFound, PermissionMissing (when they may know of none of them).
    """
    wanted = RecordingFilter(conversation_ids=[conversation_id])
    async with context.reader() as reader:
        if await find_conversation(reader, context.organization_id, conversation_id) is None:
            raise ConversationNotFound(conversation_id)
        found = await store.list_recordings_after(reader, context.organization_id, wanted, None, after=None, limit=MANY)
    seen = [each for each in found if judge_access(context, each).allowed is True]
    if not seen:
        require(context, VIEW)
        for each in found[:1]:
            require_in(context, each)
    return seen


async def list_recordings(context: Context, wanted: RecordingFilter, page: Page) -> tuple[list[Recording], int]:
    """Recordings in the caller's divisions, latest first; and how many there are. Raises PermissionMissing."""
    divisions = permitted_divisions(context)
    async with context.reader() as reader:
        part = (page.size, page.offset)
        return await store.list_recordings(reader, context.organization_id, wanted, divisions, part=part)


async def list_revisions(context: Context, recording_id: str) -> list[Revision]:
    """What was known of a recording and since when, oldest first. Raises RecordingNotFound, PermissionMissing."""
    async with context.reader() as reader:
        await read_recording(context, reader, recording_id)
        return await store.list_revisions(reader, context.organization_id, recording_id)


async def list_accesses(context: Context, recording_id: str, page: Page) -> tuple[list[Access], int]:
    """Who heard a recording or was refused it, latest first. Raises RecordingNotFound, PermissionMissing."""
    require(context, AUDIT)
    async with context.reader() as reader:
        await read_recording(context, reader, recording_id)
        part = (page.size, page.offset)
        return await store.list_accesses(reader, context.organization_id, recording_id, part=part)
